package dev.tilewright.text;

import dev.tilewright.runtime.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The trimmed vocabularies beside this class; tokens.py made them. */
final class Vocabularies {
  private Vocabularies() {}

  /** The metadata of NAME.gguf.gz, free to be changed. */
  static Map<String, Object> metadata(String name) {
    try (InputStream stream = open(name + ".gguf.gz");
        Weights weights = Weights.open(stream)) {
      Map<String, Object> copy = new LinkedHashMap<>();
      weights
          .metadata()
          .forEach(
              (key, value) ->
                  copy.put(key, value instanceof List<?> list ? List.copyOf(list) : value));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tokenizer bytes() {
    return Tokenizer.of(metadata("bytes"));
  }

  static Tokenizer scores() {
    return Tokenizer.of(metadata("scores"));
  }

  static List<String> lines(String file) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(open(file), Utf8.CHARSET))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) throws IOException {
    return new GZIPInputStream(Vocabularies.class.getResourceAsStream(file));
  }
}
