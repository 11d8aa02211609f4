"""Compares a compiled model and llama.cpp with transformers in binary64, of one GGUF file.

    pip install torch transformers numpy gguf llama-cpp-python
    python compare.py tokens:256 model.gguf tokens.txt text.txt ..   # a line of ids for each text
    java .. dev.tilewright.examples.language.Logits SmolLm2 model.gguf tokens.txt logits.bin
    python compare.py logits model.gguf tokens.txt logits.bin
    java .. dev.tilewright.examples.language.Losses SmolLm2 model.gguf tokens.txt losses.txt FLOAT32
    python compare.py losses model.gguf tokens.txt losses.txt
    java .. dev.tilewright.examples.language.Greedy SmolLm2 model.gguf tokens.txt greedy.txt FLOAT32
    python compare.py greedy model.gguf tokens.txt greedy.txt

`tokens` cuts the texts into lines of 256 tokens, or takes the first N of each with `tokens:N`;
`lines` takes each line of the files as a text, such as those of prompts.txt.
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


def losses(model, llama, tokens, file):
    """Perplexity, exp of the mean of -log p over all tokens but the first of each line."""
    ours = [float(line) for line in open(file)]
    exact, theirs, count = 0.0, 0.0, 0
    for ids in tokens:
        at = np.arange(len(ids) - 1)
        exact -= log_softmax(exact_logits(model, ids))[at, ids[1:]].sum()
        theirs -= log_softmax(llama_logits(llama, ids))[at, ids[1:]].sum()
        count += len(at)
    perplexity = lambda loss: np.exp(loss / count)
    print(f"{count} tokens; perplexity in binary64 {perplexity(exact):.5f}")
    for name, loss in (("Tilewright", sum(ours)), ("llama.cpp", theirs)):
        print(f"{name}: {perplexity(loss):.5f}, {perplexity(loss) / perplexity(exact) - 1:+.4%}")


def greedy(model, llama, tokens, file):
    """What binary64 says of greedy generation, and where the two part."""
    for ids, ours in zip(tokens, read_tokens(file), strict=True):
        llama.reset()
        llama.eval(ids)
        theirs = []
        for _ in ours:
            theirs.append(int(np.argmax(llama.scores[llama.n_tokens - 1])))
            llama.eval(theirs[-1:])
        scores = exact_logits(model, ids + ours)[len(ids) - 1 : -1]
        right = int((scores.argmax(-1) == ours).sum())
        same = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), len(ours))
        line = f"binary64 chooses {right} of Tilewright's {len(ours)} tokens; llama.cpp"
        if same == len(ours):
            print(line, "too")
        else:
            gap = scores[same].max() - scores[same][theirs[same]]
            print(f"{line} parts after {same}, with one whose logit is {gap:.4f} lower")


def exact_logits(model, ids):
    with torch.no_grad(), Double():
        return model(torch.tensor([ids])).logits[0].numpy()


def llama_logits(llama, ids):
    llama.reset()
    llama.eval(ids)
    return np.array(llama.scores[: len(ids)])


def logits(model, llama, tokens, file):
    found = np.fromfile(file, dtype="<f4").reshape(-1, model.config.vocab_size)
    ours, theirs, start = [], [], 0
    for ids in tokens:
        exact = exact_logits(model, ids)
        ours.append(differences(exact, found[start : start + len(ids)]))
        theirs.append(differences(exact, llama_logits(llama, ids)))
        start += len(ids)
    assert start == len(found)
    print(f"{start} tokens in {len(ours)} texts")
    report("Tilewright", ours)
    report("llama.cpp", theirs)


def write_tokens(llama, path, first, texts):
    with open(path, "w") as out:
        for text in texts:
            ids = llama.tokenize(text)
            for start in range(0, min(len(ids), first or len(ids)), 256):
                print(*ids[start : min(start + 256, first or len(ids))], file=out)


def main(command, file, tokens, *rest):
    llama = llama_cpp.Llama(file, logits_all=True, n_ctx=1024, n_batch=256, verbose=False)
    command, _, first = command.partition(":")
    if command in ("tokens", "lines"):
        texts = [open(text, "rb").read() for text in rest]
        texts = texts if command == "tokens" else [line for text in texts for line in text.splitlines()]
        write_tokens(llama, tokens, int(first or 0), texts)
        return
    torch.set_default_dtype(torch.float64)
    with torch.no_grad(), Double():
        model = exact_model(gguf.GGUFReader(file))
    {"logits": logits, "losses": losses, "greedy": greedy}[command](model, llama, read_tokens(tokens), *rest)


if __name__ == "__main__":
    main(*sys.argv[1:])
