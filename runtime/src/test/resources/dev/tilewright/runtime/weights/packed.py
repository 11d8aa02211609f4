"""Makes packed.safetensors: random matrices as AWQ and GPTQ pack them, and what they mean.

pip install torch safetensors autoawq; python packed.py

AutoAWQ unpacks AWQ's matrices, and turns the same into GPTQ's form. `x.expected` is [out, in].
"""

from pathlib import Path

import torch
from awq.utils.packing_utils import dequantize_gemm, pack_exllama, unpack_reorder_pack
from safetensors.torch import save_file

torch.manual_seed(3)
IN, OUT = 64, 16
tensors = {}


def words(*shape):
    return torch.randint(-(2**31), 2**31, shape, dtype=torch.int64).to(torch.int32)


def scales(groups):
    return (torch.rand(groups, OUT) / 16 + 1e-3).half()


def put(name, expected, **parts):
    tensors[f"{name}.expected"] = expected.float().T.contiguous()
    for part, tensor in parts.items():
        tensors[f"{name}.{part}"] = tensor.clone().contiguous()


def packed(quants, zeros, bits):
    """GPTQ's first form: zeros less 1."""
    weight, zero = pack_exllama(quants.int(), zeros.int() - 1, bits)
    return dict(qweight=weight, qzeros=zero)


for group in (32, 64, 16):
    groups = IN // group
    weight, scale = words(IN, OUT // 8), scales(groups)
    zero = words(groups, OUT // 8) | 0x11111111  # none is 0
    expected = dequantize_gemm(weight, zero, scale.float(), 4, group)
    put(f"awq{group}", expected, qweight=weight, qzeros=zero, scales=scale)
    q, z = unpack_reorder_pack(weight, zero, 4)
    put(f"gptq{group}", expected, qweight=q, qzeros=z, scales=scale)
    if group == 32:
        bias = torch.randn(OUT)
        tensors["gptq32.bias"] = bias
        middle = dequantize_gemm(weight, torch.full_like(zero, -0x77777778), scale.float(), 4, group)
        put("symmetric", middle, qweight=weight, scales=scale)

for bits in (2, 8):
    quants = torch.randint(0, 2**bits, (IN, OUT))
    zeros = torch.randint(1, 2**bits, (2, OUT))
    scale = scales(2)
    each = torch.arange(IN) // (IN // 2)
    put(f"bits{bits}", (quants - zeros[each]) * scale.float()[each], scales=scale, **packed(quants, zeros, bits))

quants = torch.randint(0, 16, (IN, OUT))
zeros = torch.randint(1, 16, (2, OUT))
scale = scales(2)
order = (torch.arange(IN) // 32)[torch.randperm(IN)].int()
expected = (quants - zeros[order.long()]) * scale.float()[order.long()]
put("ordered", expected, scales=scale, g_idx=order, **packed(quants, zeros, 4))
straight = (torch.arange(IN) // 32).int()
expected = (quants - zeros[straight.long()]) * scale.float()[straight.long()]
put("straight", expected, scales=scale, g_idx=straight, **packed(quants, zeros, 4))

save_file(tensors, Path(__file__).with_name("packed.safetensors"))
