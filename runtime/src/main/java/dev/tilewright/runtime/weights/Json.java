package dev.tilewright.runtime.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tilewright.runtime.CorruptWeightsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One JSON object (RFC 8259) inside a source: UTF-8, no key twice, nothing after it but space. */
final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final Source source;
  private final long from;
  private final JsonParser parser;

  private Json(Source source, long from, JsonParser parser) {
    this.source = source;
    this.from = from;
    this.parser = parser;
  }

  /**
   * Reads the value of a key with one call of {@link #members}, {@link #string}, {@link #naturals}
   * or {@link #skip}.
   */
  @FunctionalInterface
  interface Member {
    void read(String key) throws IOException;
  }

  /** Reads members of an object. */
  @FunctionalInterface
  interface Document {
    void read(Json json) throws IOException;
  }

  /**
   * Lets {@code document} read the bytes from {@code from} up to {@code to}, and checks that it
   * read all of them.
   */
  static void read(Source source, long from, long to, Document document) {
    var text = new SegmentInputStream(source.bytes().asSlice(from, to - from));
    try (var parser = FACTORY.createParser(text)) {
      var json = new Json(source, from, parser);
      document.read(json);
      if (parser.nextToken() != null) {
        throw json.corrupt(
            "nothing expected after the JSON object, " + parser.currentToken() + " found");
      }
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw source.corrupt(from + at, "not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw source.corrupt(from, "not valid JSON: " + e.getMessage());
    }
  }

  /** Reads an object; {@code member} reads each value. */
  void members(Member member) throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      member.read(parser.currentName());
    }
  }

  /** Reads a string. */
  String string() throws IOException {
    expect(JsonToken.VALUE_STRING, "a string");
    return parser.getText();
  }

  /** Reads an array of integers from 0 to 2^63 - 1. */
  List<Long> naturals() throws IOException {
    expect(JsonToken.START_ARRAY, "an array");
    var values = new ArrayList<Long>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() < 0) {
        throw corrupt("an integer of at least 0 expected, " + parser.getText() + " found");
      }
      values.add(parser.getLongValue());
    }
    return values;
  }

  /** Passes over a value of any kind. */
  void skip() throws IOException {
    parser.nextToken();
    parser.skipChildren();
  }

  /** The defect at what was read last. */
  CorruptWeightsException corrupt(String problem) {
    return source.corrupt(
        from + Math.max(0, parser.currentTokenLocation().getByteOffset()), problem);
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (parser.nextToken() != token) {
      throw corrupt(
          what
              + " expected, "
              + (parser.currentToken() == null ? "the end" : parser.getText())
              + " found");
    }
  }
}
