"""Compares a compiled model and llama.cpp with transformers in binary64, of one GGUF file.

    pip install torch transformers numpy gguf llama-cpp-python
    python compare.py tokens model.gguf tokens.txt text.txt ..   # a line of ids for each text
    java .. dev.tilewright.examples.language.Logits SmolLm2 model.gguf tokens.txt logits.bin
    python compare.py logits model.gguf tokens.txt logits.bin

KL is the divergence of what each says about the next token from what binary64 says, in nats, the
mean over all tokens; greedy is for how many of them both find the same next token likeliest.
"""

import sys

import gguf
import llama_cpp
import numpy as np
import torch
import transformers

from goldens import Double, decoder_names, neighbours_to_halves


def read_tokens(path):
    return [list(map(int, line.split())) for line in open(path)]


def exact_model(reader):
    """The file's weights in transformers, in binary64."""
    field = lambda name: reader.fields[f"{kind}.{name}"].contents()
    kind = reader.fields["general.architecture"].contents()
    weights = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    sizes = dict(
        vocab_size=weights["token_embd.weight"].shape[0],
        hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"),
        num_hidden_layers=field("block_count"),
        num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"),
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
        tie_word_embeddings=True,
        attn_implementation="eager",
        pad_token_id=None,
    )
    turned = lambda theta: {"rope_type": "default", "rope_theta": theta}
    if kind == "llama":
        config = transformers.LlamaConfig(**sizes, rope_parameters=turned(field("rope.freq_base")))
        make = transformers.LlamaForCausalLM
    else:
        layers = ["full_attention" if i % 6 == 5 else "sliding_attention" for i in range(sizes["num_hidden_layers"])]
        config = transformers.Gemma3TextConfig(
            **sizes,
            head_dim=field("attention.key_length"),
            query_pre_attn_scalar=field("attention.key_length"),
            sliding_window=field("attention.sliding_window"),
            layer_types=layers,
            rope_parameters={
                "full_attention": turned(field("rope.freq_base")),
                "sliding_attention": turned(1e4),
            },
        )
        make = transformers.Gemma3ForCausalLM
    model = make(config).eval()
    names = decoder_names(model)
    for theirs, parameter in model.named_parameters():
        name = names[theirs]
        values = weights[name].astype(np.float64)
        if kind == "gemma3" and "norm" in name:
            values = values - 1
        if kind == "llama" and (".attn_q." in name or ".attn_k." in name):
            heads = sizes["num_attention_heads" if ".attn_q." in name else "num_key_value_heads"]
            values = neighbours_to_halves(values, heads)
        assert parameter.shape == values.shape, theirs
        parameter.data = torch.from_numpy(np.ascontiguousarray(values))
    return model


def log_softmax(logits):
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def differences(exact, found):
    """For each token: the divergence, whether the likeliest is the same, the worst logit."""
    p, q = log_softmax(exact), log_softmax(found)
    kl = (np.exp(p) * (p - q)).sum(-1)
    return np.stack([kl, exact.argmax(-1) == found.argmax(-1), np.abs(exact - found).max(-1)])


def report(name, parts):
    kl, same, off = np.concatenate(parts, axis=1)
    print(f"{name}: KL {kl.mean():.3g}, worst {kl.max():.3g}; greedy {same.mean():.2%}; logits off by {off.max():.3g}")


def main(command, file, tokens, *rest):
    llama = llama_cpp.Llama(file, logits_all=True, n_ctx=256, n_batch=256, verbose=False)
    if command == "tokens":
        with open(tokens, "w") as out:
            for text in rest:
                ids = llama.tokenize(open(text, "rb").read())[:256]
                print(*ids, file=out)
        return
    torch.set_default_dtype(torch.float64)
    with torch.no_grad(), Double():
        model = exact_model(gguf.GGUFReader(file))
    words = model.config.vocab_size
    logits = np.fromfile(rest[0], dtype="<f4").reshape(-1, words)
    ours, theirs, start = [], [], 0
    for ids in read_tokens(tokens):
        with torch.no_grad(), Double():
            exact = model(torch.tensor([ids])).logits[0].numpy()
        ours.append(differences(exact, logits[start : start + len(ids)]))
        start += len(ids)
        llama.reset()
        llama.eval(ids)
        theirs.append(differences(exact, np.array(llama.scores[: len(ids)])))
    assert start == len(logits)
    print(f"{start} tokens in {len(ours)} texts")
    report("Tilewright", ours)
    report("llama.cpp", theirs)


if __name__ == "__main__":
    main(*sys.argv[1:])
