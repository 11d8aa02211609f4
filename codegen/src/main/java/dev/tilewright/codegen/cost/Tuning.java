package dev.tilewright.codegen.cost;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sizes of tiles that were measured to be the fastest on some machine, in place of those that the
 * cost model would choose. Results do not depend on it: the order of every sum is the same.
 *
 * <p>As text, a line each:
 *
 * <pre>
 * tilewright-tuning 1
 * avx512: f32 x f32, rows B*S, columns 1536, depth 384 = 8x48
 * </pre>
 *
 * Lines that start with {@code #} are for readers.
 *
 * @param tiles by what {@link #key} gives
 */
public record Tuning(Map<String, TileSize> tiles) {
  /** Nothing measured. */
  public static final Tuning NONE = new Tuning(Map.of());

  private static final String HEADER = "tilewright-tuning 1";

  public Tuning {
    tiles = Map.copyOf(tiles);
  }

  /**
   * The line's left side.
   *
   * @param target the target's name
   * @param product what is multiplied: types and extents, the same for equal products of any model
   */
  public static String key(String target, String product) {
    return target + ": " + product;
  }

  /** The size for a product, if it was measured. */
  public Optional<TileSize> size(String target, String product) {
    return Optional.ofNullable(tiles.get(key(target, product)));
  }

  /** The text form, sorted. */
  public String text() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    new TreeMap<>(tiles)
        .forEach((key, size) -> text.append(key).append(" = ").append(size).append('\n'));
    return text.toString();
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is none; names the line
   */
  public static Tuning parse(String text) {
    String[] lines = text.split("\\R", -1);
    if (!lines[0].equals(HEADER)) {
      throw new IllegalArgumentException("a tuning file starts with the line '" + HEADER + "'");
    }
    Map<String, TileSize> tiles = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String line = lines[i].strip();
      int equals = line.lastIndexOf(" = ");
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        tiles.put(line.substring(0, equals), TileSize.parse(line.substring(equals + 3)));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            "line %d of the tuning file cannot be read: %s".formatted(i + 1, line), e);
      }
    }
    return new Tuning(tiles);
  }
}
