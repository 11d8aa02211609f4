package dev.tilewright.runtime.weights;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a protobuf message field by field; large fields are passed over and stay where they are.
 */
final class ProtoReader {
  /** Messages nested deeper than this are refused, before they exhaust the stack. */
  private static final int MAX_DEPTH = 100;

  /** What stands for bytes that are no text. */
  private static final char REPLACEMENT = 0xFFFD;

  private final Source source;
  private final CodedInputStream in;
  private int depth;
  private int tag;

  private ProtoReader(Source source) {
    this.source = source;
    this.in = CodedInputStream.newInstance(new SegmentInputStream(source.bytes()));
  }

  /**
   * Reads the field of that number with one call of a reading method; a number it does not know, it
   * must {@link #skip}.
   */
  @FunctionalInterface
  interface Fields {
    void read(int number) throws IOException;
  }

  /** Reads a whole message. */
  @FunctionalInterface
  interface Message<T> {
    T read(ProtoReader reader) throws IOException;
  }

  /** Where the bytes of a field lie in the source. */
  record Range(long begin, long length) {}

  /** Reads the whole source as one message. */
  static <T> T read(Source source, Message<T> message) {
    var reader = new ProtoReader(source);
    try {
      return message.read(reader);
    } catch (IOException e) {
      throw source.corrupt(reader.position(), e.getMessage());
    }
  }

  /** Reads fields up to the end of the current message. */
  void fields(Fields fields) throws IOException {
    for (tag = in.readTag(); tag != 0; tag = in.readTag()) {
      fields.read(WireFormat.getTagFieldNumber(tag));
    }
  }

  /** Reads a nested message. */
  void message(Fields fields) throws IOException {
    if (++depth > MAX_DEPTH) {
      throw source.corrupt(position(), "messages are nested more than " + MAX_DEPTH + " deep");
    }
    int outer = in.pushLimit(length());
    fields(fields);
    in.checkLastTagWas(0);
    endMessage(outer);
    depth--;
  }

  /** Reads text. */
  String string() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED, "text");
    byte[] bytes = in.readByteArray();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0
        && !Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
      throw new InvalidProtocolBufferException("text expected, but it is no UTF-8");
    }
    return text;
  }

  /** Reads an integer. */
  long integer() throws IOException {
    expect(WireFormat.WIRETYPE_VARINT, "an integer");
    return in.readInt64();
  }

  /** Reads a float. */
  float number() throws IOException {
    expect(WireFormat.WIRETYPE_FIXED32, "a float");
    return in.readFloat();
  }

  /** Reads one integer, or many in a packed field. */
  List<Long> integers() throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
      return List.of(in.readInt64());
    }
    int outer = in.pushLimit(length());
    var values = new ArrayList<Long>();
    while (!in.isAtEnd()) {
      values.add(in.readInt64());
    }
    endMessage(outer);
    return values;
  }

  /** Passes over bytes, or numbers in their wire format, packed or single. */
  Range bytes() throws IOException {
    long begin = position();
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> in.readRawVarint64();
      case WireFormat.WIRETYPE_FIXED32 -> in.skipRawBytes(4);
      case WireFormat.WIRETYPE_FIXED64 -> in.skipRawBytes(8);
      default -> {
        int length = length();
        begin = position();
        in.skipRawBytes(length);
      }
    }
    return new Range(begin, position() - begin);
  }

  /** Passes over a field of any kind. */
  void skip() throws IOException {
    if (!in.skipField(tag)) {
      throw source.corrupt(position(), "a group ends that never began");
    }
  }

  /** The byte of the source to be read next. */
  long position() {
    return in.getTotalBytesRead();
  }

  /** A message seems to end not only where it ends, but also where the file does. */
  private void endMessage(int outerLimit) {
    if (in.getBytesUntilLimit() != 0) {
      throw source.corrupt(
          position(),
          "the file ends, but "
              + in.getBytesUntilLimit()
              + " more bytes of a message were announced");
    }
    in.popLimit(outerLimit);
  }

  private int length() throws IOException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED, "a length");
    return in.readRawVarint32();
  }

  private void expect(int wireType, String what) throws InvalidProtocolBufferException {
    if (WireFormat.getTagWireType(tag) != wireType) {
      throw new InvalidProtocolBufferException(
          "%s expected in field %s, wire type %s found"
              .formatted(what, WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag)));
    }
  }
}
