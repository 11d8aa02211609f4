"""Writes what transformers computes for small models, for GoldenTest to compare with.

    pip install torch transformers numpy
    python goldens.py ../resources/dev/tilewright/examples/language

Weights come from a formula that the test repeats (GeneratedWeights.java), under the names and in the
order of rows that GGUF files have. Logits are computed in binary64 throughout, also where
transformers itself would turn to single precision; beside them stands how far its single precision
is from them.
"""

import math
import pathlib
import struct
import sys
import zlib

import numpy as np
import torch
import transformers
from torch.overrides import TorchFunctionMode
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.t5.modeling_t5 import T5Attention

WORDS, DIM, FFN, LAYERS = 64, 48, 80, 3


class Double(TorchFunctionMode):
    """Takes binary64 wherever single precision is asked for."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        widen = lambda x: torch.float64 if x is torch.float32 else x
        if function is torch.Tensor.float:
            function = torch.Tensor.double
        args = tuple(map(widen, args))
        kwargs = {key: widen(value) for key, value in (kwargs or {}).items()}
        return function(*args, **kwargs)


def weight(name, shape):
    """A hash of name and index, uniform in an interval that suits the kind of weight."""
    count = math.prod(shape)
    h = np.arange(count, dtype=np.uint32) * np.uint32(2654435761)
    h += np.uint32(zlib.crc32(name.encode()))
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    unit = (h >> np.uint32(8)).astype(np.float64) / 2.0**23 - 1
    if name.endswith("norm.weight"):
        values = 1 + unit / 4
    elif name.endswith(".bias"):
        values = unit / 4
    elif name.endswith(("embd.weight", "rel_b.weight")):
        values = unit
    else:
        values = unit * math.sqrt(3 / shape[-1])
    return values.astype(np.float32).reshape(shape)


def neighbours_to_halves(rows, heads):
    """From rows as GGUF files of Llama have them to transformers' order."""
    split = rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:])
    return np.swapaxes(split, 1, 2).reshape(rows.shape)


def decoder_names(model):
    names = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
    parts = {
        "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "mlp.gate": "ffn_gate_inp",
    }
    if isinstance(model, transformers.Gemma3ForCausalLM):
        parts["post_attention_layernorm"] = "post_attention_norm"
        parts["pre_feedforward_layernorm"] = "ffn_norm"
        parts["post_feedforward_layernorm"] = "post_ffw_norm"
    for i in range(model.config.num_hidden_layers):
        for theirs, ours in parts.items():
            for kind in ("weight", "bias"):
                names[f"model.layers.{i}.{theirs}.{kind}"] = f"blk.{i}.{ours}.{kind}"
    return names


def gpt2_names(model):
    names = {"transformer.wte.weight": "token_embd.weight", "transformer.wpe.weight": "position_embd.weight"}
    parts = {
        "ln_1": "attn_norm",
        "attn.c_attn": "attn_qkv",
        "attn.c_proj": "attn_output",
        "ln_2": "ffn_norm",
        "mlp.c_fc": "ffn_up",
        "mlp.c_proj": "ffn_down",
    }
    for kind in ("weight", "bias"):
        names[f"transformer.ln_f.{kind}"] = f"output_norm.{kind}"
        for i in range(model.config.n_layer):
            for theirs, ours in parts.items():
                names[f"transformer.h.{i}.{theirs}.{kind}"] = f"blk.{i}.{ours}.{kind}"
    return names


def t5_names(model):
    names = {"shared.weight": "token_embd.weight", "lm_head.weight": "output.weight"}
    for theirs in ("encoder", "decoder"):
        names[f"{theirs}.embed_tokens.weight"] = "token_embd.weight"
    for theirs, ours in (("encoder", "enc"), ("decoder", "dec")):
        names[f"{theirs}.final_layer_norm.weight"] = f"{ours}.output_norm.weight"
        mlp = 1 if ours == "enc" else 2
        parts = {
            "layer.0.layer_norm": "attn_norm",
            "layer.0.SelfAttention.relative_attention_bias": "attn_rel_b",
            f"layer.{mlp}.layer_norm": "ffn_norm",
            f"layer.{mlp}.DenseReluDense.wi_0": "ffn_gate",
            f"layer.{mlp}.DenseReluDense.wi_1": "ffn_up",
            f"layer.{mlp}.DenseReluDense.wo": "ffn_down",
        }
        for letter in "qkvo":
            parts[f"layer.0.SelfAttention.{letter}"] = f"attn_{letter}"
        if ours == "dec":
            parts["layer.1.layer_norm"] = "cross_attn_norm"
            for letter in "qkvo":
                parts[f"layer.1.EncDecAttention.{letter}"] = f"cross_attn_{letter}"
        for i in range(model.config.num_layers):
            for theirs_part, part in parts.items():
                names[f"{theirs}.block.{i}.{theirs_part}.weight"] = f"{ours}.blk.{i}.{part}.weight"
    return names


def experts(theirs, shape, shapes):
    """Gates and ups, which transformers has below each other, or downs, of all experts of a layer."""
    layer = theirs.split(".")[2]
    parts = ["gate", "up"] if "gate_up" in theirs else ["down"]
    values = []
    for part in parts:
        name = f"blk.{layer}.ffn_{part}_exps.weight"
        shapes[name] = (shape[0], shape[1] // len(parts), shape[2])
        values.append(weight(name, shapes[name]))
    return np.concatenate(values, axis=1)


def filled(model, names):
    """The model with generated weights, and their GGUF names and shapes."""
    shapes = {}
    for theirs, parameter in model.named_parameters():
        if ".experts." in theirs:
            values = experts(theirs, parameter.shape, shapes)
            parameter.data = torch.from_numpy(values).to(parameter.dtype)
            continue
        name = names[theirs]
        shape = tuple(parameter.shape)
        # GPT-2's products in transformers are x W, not x W^T.
        transposed = isinstance(model, transformers.GPT2LMHeadModel) and ".h." in theirs and len(shape) == 2
        if transposed:
            shape = shape[::-1]
        values = weight(name, shape)
        shapes[name] = shape
        if transposed:
            values = values.T
        if isinstance(model, transformers.Gemma3ForCausalLM) and "norm" in name:
            values = values.astype(np.float64) - 1
        if isinstance(model, transformers.LlamaForCausalLM) and (".attn_q." in name or ".attn_k." in name):
            config = model.config
            heads = config.num_attention_heads if ".attn_q." in name else config.num_key_value_heads
            values = neighbours_to_halves(values, heads)
        parameter.data = torch.from_numpy(np.ascontiguousarray(values)).to(parameter.dtype)
    return shapes


def logits(make, names, inputs):
    """In binary64, how far single precision is off, and the weights' names and shapes."""
    results = []
    for dtype in (torch.float64, torch.float32):
        torch.set_default_dtype(dtype)
        with torch.no_grad():
            if dtype is torch.float64:
                with Double():
                    model = make().eval()
                    shapes = filled(model, names(model))
                    results.append(model(**inputs).logits[0].numpy())
            else:
                model = make().eval()
                filled(model, names(model))
                results.append(model(**inputs).logits[0].double().numpy())
    assert results[0].dtype == np.float64
    return results[0], np.abs(results[0] - results[1]).max(), shapes


def write(path, ids, target, made):
    values, error, shapes = made
    out = bytearray(struct.pack(">i", len(shapes)))
    for name, shape in sorted(shapes.items()):
        out += struct.pack(">H", len(name)) + name.encode() + struct.pack(f">i{len(shape)}i", len(shape), *shape)
    for tokens in (ids, target):
        out += struct.pack(f">i{len(tokens)}i", len(tokens), *tokens)
    out += struct.pack(">d", error) + values.astype(">f8").tobytes()
    path.write_bytes(out)
    print(f"{path.name}: {len(out)} bytes, logits to {np.abs(values).max():.1f}, single precision off by {error:.2g}")


def main(folder):
    ids = [(i * i * 7 + i * 5 + 3) % WORDS for i in range(20)]
    tokens = {"input_ids": torch.tensor([ids])}
    common = dict(
        vocab_size=WORDS,
        hidden_size=DIM,
        intermediate_size=FFN,
        num_hidden_layers=LAYERS,
        num_attention_heads=6,
        num_key_value_heads=2,
        head_dim=8,
        tie_word_embeddings=True,
        attn_implementation="eager",
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )

    def turned(theta):
        return {"rope_type": "default", "rope_theta": theta}

    llama = transformers.LlamaConfig(**common, rms_norm_eps=1e-5, rope_parameters=turned(1e5))
    qwen2 = transformers.Qwen2Config(**common, rms_norm_eps=1e-6, rope_parameters=turned(1e6))
    qwen3 = transformers.Qwen3Config(**(common | {"head_dim": 12}), rms_norm_eps=1e-6, rope_parameters=turned(1e6))
    layers = 7
    gemma3 = transformers.Gemma3TextConfig(
        **(
            common
            | {"head_dim": 12, "num_hidden_layers": layers, "num_attention_heads": 4, "num_key_value_heads": 1}
        ),
        rms_norm_eps=1e-6,
        query_pre_attn_scalar=12,
        sliding_window=5,
        layer_types=["full_attention" if i % 6 == 5 else "sliding_attention" for i in range(layers)],
        rope_parameters={"full_attention": turned(1e6), "sliding_attention": turned(1e4)},
    )
    gpt2 = transformers.GPT2Config(
        vocab_size=WORDS, n_positions=32, n_embd=DIM, n_layer=LAYERS, n_head=4, attn_implementation="eager"
    )
    t5 = transformers.T5Config(
        vocab_size=WORDS,
        d_model=DIM,
        d_kv=8,
        d_ff=FFN,
        num_layers=LAYERS,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        attn_implementation="eager",
    )
    t5.tie_word_embeddings = False  # the constructor takes False as a wish not to scale alone
    mixtral = transformers.MixtralConfig(
        **common,
        rms_norm_eps=1e-5,
        rope_parameters=turned(1e5),
        num_local_experts=5,
        num_experts_per_tok=2,
        experts_implementation="eager",
    )
    decoders = {
        "mixtral": lambda: transformers.MixtralForCausalLM(mixtral),
        "llama": lambda: transformers.LlamaForCausalLM(llama),
        "qwen2": lambda: transformers.Qwen2ForCausalLM(qwen2),
        "qwen3": lambda: transformers.Qwen3ForCausalLM(qwen3),
        "gemma3": lambda: transformers.Gemma3ForCausalLM(gemma3),
    }
    for name, make in decoders.items():
        write(folder / f"{name}.golden", ids, [], logits(make, decoder_names, tokens))
    made = logits(lambda: transformers.GPT2LMHeadModel(gpt2), gpt2_names, tokens)
    write(folder / "gpt2.golden", ids, [], made)
    target = [(i * i * 3 + i) % WORDS for i in range(14)]
    both = tokens | {"decoder_input_ids": torch.tensor([target])}
    made = logits(lambda: transformers.T5ForConditionalGeneration(t5), t5_names, both)
    write(folder / "t5.golden", ids, target, made)

    torch.set_default_dtype(torch.float32)
    ways = torch.arange(-200, 201)
    buckets = [T5Attention._relative_position_bucket(ways, b, 32, 128).numpy() for b in (False, True)]
    stretched = []
    for scaling in (
        dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0),
        dict(rope_type="yarn", factor=4.0),
    ):
        sizes = dict(hidden_size=64, num_attention_heads=1, max_position_embeddings=32768)
        scaling |= dict(rope_theta=5e5, original_max_position_embeddings=8192)
        config = transformers.LlamaConfig(**sizes, rope_parameters=scaling)
        frequencies, gain = ROPE_INIT_FUNCTIONS[scaling["rope_type"]](config, "cpu")
        stretched += [*frequencies.tolist(), gain]
    (folder / "stretched.golden").write_bytes(np.array(stretched, ">f8").tobytes())
    (folder / "buckets.golden").write_bytes(np.concatenate(buckets).astype(np.uint8).tobytes())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
