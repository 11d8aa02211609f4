package dev.tilewright.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the words that byte-level merges do not cross. Each pattern cuts the pieces of the
 * one before into its matches and what lies between them.
 *
 * @param patterns the cuts, in order
 * @param wholeWords whether a word that is a token is taken without merging
 * @param addsBos whether a text starts with BOS if the file does not say
 */
record PreTokenizer(List<Pattern> patterns, boolean wholeWords, boolean addsBos) {
  /** Takes a word, as the range of characters in the text. */
  interface Words {
    void accept(int from, int to);
  }

  private static final String CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d";
  private static final String ANY_CASE = "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])";
  private static final String LINES_AND_SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final PreTokenizer GPT2 =
      cuts(CONTRACTIONS + "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private static final PreTokenizer SINGLE_DIGITS = cuts("\\p{N}", gpt2());

  private static final PreTokenizer FALCON =
      cuts("[\\p{P}\\$\\+<=>\\^~\\|`]+", gpt2(), "[0-9][0-9][0-9]");

  private static final PreTokenizer DEFAULT =
      cuts("[\\p{P}\\$\\+<=>\\^~\\|]+", gpt2(), "\\p{N}+", "[0-9][0-9][0-9]");

  private static final PreTokenizer LLAMA3 =
      new PreTokenizer(cuts(cased("\\p{L}", "", "\\p{N}{1,3}")).patterns, true, true);

  private static final PreTokenizer QWEN2 = cuts(cased("\\p{L}", "", "\\p{N}"));

  private static final PreTokenizer QWEN35 = cuts(cased("[\\p{L}\\p{M}]", "\\p{M}", "\\p{N}"));

  private static final Map<String, PreTokenizer> NAMED = new TreeMap<>();

  static {
    name(DEFAULT, "default");
    name(GPT2, "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "modern-bert", "gigachat");
    name(SINGLE_DIGITS, "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone");
    name(FALCON, "falcon");
    name(LLAMA3, "llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "lfm2");
    name(QWEN2, "qwen2", "stablelm2", "deepseek-r1-qwen", "hunyuan");
    name(QWEN35, "qwen35");
  }

  static PreTokenizer named(String name) {
    PreTokenizer found = NAMED.get(name);
    if (found == null) {
      throw new TokenizerException(
          "%s names the pre-tokenizer \"%s\", which is not known; known are %s."
              .formatted(TokenizerMetadata.PRE, name, String.join(", ", NAMED.keySet())));
    }
    return found;
  }

  void split(String text, Words words) {
    split(text, 0, text.length(), 0, words);
  }

  private void split(String text, int from, int to, int level, Words words) {
    if (level == patterns.size()) {
      words.accept(from, to);
      return;
    }
    Matcher matcher = patterns.get(level).matcher(text).region(from, to);
    int done = from;
    while (matcher.find()) {
      if (done < matcher.start()) {
        split(text, done, matcher.start(), level + 1, words);
      }
      split(text, matcher.start(), matcher.end(), level + 1, words);
      done = matcher.end();
    }
    if (done < to) {
      split(text, done, to, level + 1, words);
    }
  }

  private static String gpt2() {
    return GPT2.patterns.getFirst().pattern();
  }

  /** Words with one sign before them, numbers, signs with the line breaks after them, spaces. */
  private static String cased(String letter, String marks, String number) {
    return ANY_CASE
        + "|[^\\r\\n\\p{L}\\p{N}]?%s+|%s| ?[^\\s\\p{L}%s\\p{N}]+[\\r\\n]*|"
            .formatted(letter, number, marks)
        + LINES_AND_SPACES;
  }

  /** In Java, {@code \s} alone means ASCII. */
  private static PreTokenizer cuts(String... patterns) {
    return new PreTokenizer(
        Arrays.stream(patterns)
            .map(pattern -> pattern.replace("\\s", "\\p{IsWhite_Space}"))
            .map(pattern -> pattern.replace("\\S", "\\P{IsWhite_Space}"))
            .map(Pattern::compile)
            .toList(),
        false,
        false);
  }

  private static void name(PreTokenizer preTokenizer, String... names) {
    for (String name : names) {
      NAMED.put(name, preTokenizer);
    }
  }
}
