package dev.tilewright.runtime.weights;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a protobuf message field by field. */
final class ProtoMessage {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  @FunctionalInterface
  private interface Write {
    void to(CodedOutputStream out) throws IOException;
  }

  ProtoMessage integer(int field, long value) {
    return write(out -> out.writeInt64(field, value));
  }

  ProtoMessage number(int field, float value) {
    return write(out -> out.writeFloat(field, value));
  }

  ProtoMessage text(int field, String value) {
    return write(out -> out.writeString(field, value));
  }

  ProtoMessage bytes(int field, byte[] value) {
    return write(out -> out.writeByteArray(field, value));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.toBytes());
  }

  ProtoMessage packed(int field, long... values) {
    var packed = new ProtoMessage();
    for (long value : values) {
      packed.write(out -> out.writeInt64NoTag(value));
    }
    return message(field, packed);
  }

  byte[] toBytes() {
    write(CodedOutputStream::flush);
    return bytes.toByteArray();
  }

  private ProtoMessage write(Write write) {
    try {
      write.to(out);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
