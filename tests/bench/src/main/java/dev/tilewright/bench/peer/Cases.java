package dev.tilewright.bench.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the names of cases. */
public final class Cases {
  /** All that the full table has. */
  public static final String FULL =
      "1x8,1x16,1x32,1x64,1x128,1x256,1x512,8x128,32x128,mixed8,mixed32";

  /** What the quick table has. */
  public static final String QUICK = "1x8,1x32,1x128,1x512,32x128,mixed32";

  private static final Pattern UNIFORM = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");
  private static final Pattern MIXED = Pattern.compile("mixed([1-9]\\d{0,3})");

  private Cases() {}

  /** The batches of several names, as {@link #parse(String)} reads them. */
  public static List<Batch> parse(List<String> names) throws IOException {
    List<Batch> batches = new ArrayList<>();
    for (String name : names) {
      batches.add(parse(name));
    }
    return batches;
  }

  /**
   * The batch of that name: {@code 32x128} is 32 sentences of 128 tokens, {@code mixed32} is 32
   * sentences of the example's corpus.
   */
  public static Batch parse(String name) throws IOException {
    Matcher uniform = UNIFORM.matcher(name);
    if (uniform.matches()) {
      return Batch.uniform(Integer.parseInt(uniform.group(1)), Integer.parseInt(uniform.group(2)));
    }
    Matcher mixed = MIXED.matcher(name);
    if (mixed.matches()) {
      return Corpus.draw(Integer.parseInt(mixed.group(1)));
    }
    throw new IllegalArgumentException(
        "'" + name + "' is no case: write it like 32x128 (sentences x tokens) or mixed32");
  }
}
