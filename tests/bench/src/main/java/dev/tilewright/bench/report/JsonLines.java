package dev.tilewright.bench.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** A file with one flat JSON object a line. */
public final class JsonLines implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final Writer out;

  private JsonLines(Path file, Writer out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Opens {@code name.jsonl} in a folder.
   *
   * @param append whether lines of earlier runs stay
   */
  public static JsonLines open(Path folder, String name, boolean append) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + ".jsonl");
    return new JsonLines(
        file,
        append
            ? Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
            : Files.newBufferedWriter(file));
  }

  public Path file() {
    return file;
  }

  /** Writes numbers, texts and optional numbers, at once. */
  public void write(Map<String, ?> fields) throws IOException {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      for (Map.Entry<String, ?> field : fields.entrySet()) {
        json.writeFieldName(field.getKey());
        switch (field.getValue()) {
          case OptionalDouble some when some.isPresent() -> number(json, some.getAsDouble());
          case OptionalDouble _ -> json.writeNull();
          case Double value -> number(json, value);
          case Number whole -> json.writeNumber(whole.longValue());
          case Object text -> json.writeString(text.toString());
        }
      }
      json.writeEndObject();
    }
    out.write(line.append('\n').toString());
    out.flush();
  }

  /** Six digits; more is noise. */
  private static void number(JsonGenerator json, double value) throws IOException {
    json.writeNumber(Double.parseDouble(String.format(Locale.ROOT, "%.6g", value)));
  }

  /** The objects of a file; numbers are doubles, and what is null is left out. */
  public static List<Map<String, Object>> read(Path file) throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Map<String, Object> object = new LinkedHashMap<>();
      try (JsonParser json = JSON.createParser(line)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          JsonToken value = json.nextToken();
          if (value.isNumeric()) {
            object.put(name, json.getDoubleValue());
          } else if (value == JsonToken.VALUE_STRING) {
            object.put(name, json.getText());
          }
        }
      }
      objects.add(object);
    }
    return objects;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
