package dev.tilewright.text;

import java.util.function.IntConsumer;

/**
 * Byte-level byte-pair encoding ({@code tokenizer.ggml.model} "gpt2"): words as bytes, joined by a
 * list of merges. A byte that is no token of the vocabulary is left out.
 */
final class ByteLevelEncoder implements TextEncoder {
  private final Vocabulary vocabulary;
  private final PreTokenizer preTokenizer;
  private final PairTable merges;
  private final int[] byteIds = new int[256];

  ByteLevelEncoder(TokenizerMetadata metadata, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    preTokenizer = PreTokenizer.named(metadata.text(TokenizerMetadata.PRE, "default"));
    merges = merges(metadata.texts(TokenizerMetadata.MERGES), vocabulary);
    for (int value = 0; value < 256; value++) {
      byteIds[value] = vocabulary.id(String.valueOf(ByteAlphabet.character((byte) value)));
    }
  }

  private static PairTable merges(String[] merges, Vocabulary vocabulary) {
    PairTable table = new PairTable(merges.length);
    for (int rank = 0; rank < merges.length; rank++) {
      String merge = merges[rank];
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw new TokenizerException(
            "%s holds \"%s\" at %d, which is not two tokens with a space between."
                .formatted(TokenizerMetadata.MERGES, merge, rank));
      }
      int left = vocabulary.id(merge.substring(0, space));
      int right = vocabulary.id(merge.substring(space + 1));
      int joined = vocabulary.id(merge.substring(0, space) + merge.substring(space + 1));
      if (left != Vocabulary.NONE && right != Vocabulary.NONE && joined != Vocabulary.NONE) {
        table.put(left, right, Symbols.Pairs.of(rank, joined));
      }
    }
    return table;
  }

  @Override
  public void encode(String text, boolean afterSpecial, IntConsumer ids) {
    Symbols symbols = new Symbols();
    preTokenizer.split(
        text, (from, to) -> word(text.substring(from, to).getBytes(Utf8.CHARSET), symbols, ids));
  }

  private void word(byte[] word, Symbols symbols, IntConsumer ids) {
    if (preTokenizer.wholeWords()) {
      int whole = vocabulary.id(ByteAlphabet.write(word));
      if (whole != Vocabulary.NONE) {
        ids.accept(whole);
        return;
      }
    }
    symbols.clear();
    for (int i = 0; i < word.length; i++) {
      symbols.add(byteIds[word[i] & 0xff], i, i + 1);
    }
    symbols.merge((all, left, right) -> pair(all.id(left), all.id(right)));
    symbols.forEach(
        symbol -> {
          if (symbols.id(symbol) != Vocabulary.NONE) {
            ids.accept(symbols.id(symbol));
          }
        });
  }

  private long pair(int left, int right) {
    return left == Vocabulary.NONE || right == Vocabulary.NONE
        ? Symbols.Pairs.NONE
        : merges.get(left, right);
  }

  @Override
  public byte[] bytes(String token) {
    return ByteAlphabet.read(token);
  }

  @Override
  public boolean addsBos() {
    return preTokenizer.addsBos();
  }

  @Override
  public boolean addsSpace() {
    return false;
  }
}
