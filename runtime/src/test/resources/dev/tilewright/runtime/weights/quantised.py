"""Makes quantised.gguf: random blocks of each type beside what the gguf package decodes them to.

pip install gguf; python quantised.py
"""

from pathlib import Path

import numpy as np
from gguf import GGUFWriter, GGMLQuantizationType as Type, GGML_QUANT_SIZES, dequantize

# Where a block has a binary16, which must be finite: a tenth of a random number.
HALVES = {
    Type.Q4_0: [0],
    Type.Q4_1: [0, 2],
    Type.Q5_0: [0],
    Type.Q5_1: [0, 2],
    Type.Q8_0: [0],
    Type.Q2_K: [80, 82],
    Type.Q3_K: [108],
    Type.Q4_K: [0, 2],
    Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
    Type.Q8_K: [],
    Type.IQ4_NL: [0],
    Type.IQ4_XS: [0],
}

random = np.random.default_rng(5)
path = Path(__file__).with_name("quantised.gguf")
writer = GGUFWriter(path, "test")
writer.add_uint32("test.block_count", 2)
writer.add_float32("test.epsilon", 1e-5)
writer.add_bool("test.tied", True)
writer.add_string("tokenizer.chat_template", "{{ messages }} – ünïcode")
writer.add_array("tokenizer.ggml.tokens", ["<s>", "hällo", ""])
writer.add_array("tokenizer.ggml.scores", [0.5, -1.0, 2.25])
writer.add_array("tokenizer.ggml.token_type", [1, -2, 3])
for kind, halves in HALVES.items():
    elements, size = GGML_QUANT_SIZES[kind]
    rows = 2 if elements == 32 else 1
    blocks = random.integers(0, 256, (rows, size), dtype=np.uint8)
    for half in halves:
        blocks[:, half : half + 2] = (
            (random.standard_normal((rows, 1)) / 10).astype(np.float16).view(np.uint8)
        )
    if kind == Type.Q8_K:  # the package does not decode it: binary32 d, i8[256], sums
        scale = np.float32([[0.125]])
        blocks[:, :4] = scale.view(np.uint8)
        values = scale * blocks[:, 4:260].view(np.int8).astype(np.float32)
    else:
        values = dequantize(blocks, kind)
    writer.add_tensor(kind.name, blocks, raw_dtype=kind)
    writer.add_tensor(kind.name + ".values", values.astype(np.float32))
writer.add_tensor("half", np.float16([[1.5, -2.0, 0.25]]))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
