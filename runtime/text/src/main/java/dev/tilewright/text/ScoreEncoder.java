package dev.tilewright.text;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * SentencePiece's byte-pair encoding ({@code tokenizer.ggml.model} "llama"): any two neighbours
 * whose text is a token may be joined, the token of the highest score first. Spaces are written
 * {@code ▁}; a character that is no token becomes the tokens of its UTF-8 bytes.
 *
 * @see <a href="https://arxiv.org/abs/1808.06226">Kudo and Richardson, SentencePiece</a>
 */
final class ScoreEncoder implements TextEncoder {
  private static final char SPACE = '▁';

  private final Vocabulary vocabulary;
  private final int[] ranks;
  private final int[] byteIds = new int[256];
  private final int unknown;
  private final boolean addsSpace;

  ScoreEncoder(TokenizerMetadata metadata, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    ranks = ranks(metadata.numbers(TokenizerMetadata.SCORES, vocabulary.size()));
    unknown = metadata.id("unknown", vocabulary.size()).orElse(Vocabulary.NONE);
    addsSpace = metadata.flag("tokenizer.ggml.add_space_prefix", true);
    Arrays.fill(byteIds, Vocabulary.NONE);
    for (int value = 0; value < 256; value++) {
      byteIds[value] = vocabulary.id("<0x%02X>".formatted(value));
    }
  }

  /** How many higher scores there are: equal scores have equal ranks. */
  private static int[] ranks(Number[] scores) {
    double[] sorted = Arrays.stream(scores).mapToDouble(score -> -score.doubleValue()).toArray();
    Arrays.sort(sorted);
    double[] distinct = Arrays.stream(sorted).distinct().toArray();
    return Arrays.stream(scores)
        .mapToInt(score -> Arrays.binarySearch(distinct, -score.doubleValue()))
        .toArray();
  }

  @Override
  public void encode(String text, boolean afterSpecial, IntConsumer ids) {
    String written = (addsSpace && afterSpecial ? " " + text : text).replace(' ', SPACE);
    Symbols symbols = new Symbols();
    for (int at = 0; at < written.length(); ) {
      int end = written.offsetByCodePoints(at, 1);
      symbols.add(vocabulary.id(written.substring(at, end)), at, end);
      at = end;
    }
    symbols.merge(
        (all, left, right) -> {
          int id = vocabulary.id(written.substring(all.start(left), all.end(right)));
          return id == Vocabulary.NONE ? Symbols.Pairs.NONE : Symbols.Pairs.of(ranks[id], id);
        });
    symbols.forEach(
        symbol -> {
          if (symbols.id(symbol) != Vocabulary.NONE) {
            ids.accept(symbols.id(symbol));
          } else {
            bytes(written.substring(symbols.start(symbol), symbols.end(symbol)), ids);
          }
        });
  }

  private void bytes(String character, IntConsumer ids) {
    for (byte value : character.getBytes(Utf8.CHARSET)) {
      int id = byteIds[value & 0xff];
      if (id != Vocabulary.NONE) {
        ids.accept(id);
      } else if (unknown != Vocabulary.NONE) {
        ids.accept(unknown);
        return;
      }
    }
  }

  @Override
  public byte[] bytes(String token) {
    return token.replace(SPACE, ' ').getBytes(Utf8.CHARSET);
  }

  @Override
  public boolean addsBos() {
    return true;
  }

  @Override
  public boolean addsSpace() {
    return addsSpace;
  }
}
