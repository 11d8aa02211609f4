package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.weights.FileStamp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What stands before the weights in an image: for what they were packed, and of what.
 *
 * <pre>
 * 8 bytes   "tilewrgt"
 * 4 bytes   the format's number
 * 4 bytes   n, the length of what follows next
 * 4 bytes   its CRC-32C
 * n bytes   the description; the files: path, size, time of change; the bytes of tables, the bytes of
 *           all, the places; the checksums
 * </pre>
 *
 * Weights begin at the next multiple of {@link #ALIGNMENT}. Numbers are big-endian, texts are UTF-8
 * after their length in 4 bytes.
 *
 * @param description the model's description, word for word
 * @param files what the weights were read from
 * @param plan where the weights lie
 * @param checksums the CRC-32C of each piece of the weights
 */
record ImageHeader(String description, List<FileStamp> files, WeightPlan plan, int[] checksums) {
  /** To be raised when the same description comes to stand for other bytes. */
  private static final int FORMAT = 2;

  private static final long MAGIC = 0x74696c6577726774L;
  private static final int FIXED = 20;
  private static final int LONGEST = 1 << 26;
  static final int ALIGNMENT = 4096;

  /** The header's bytes, filled up with zeros. */
  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    writeText(out, description);
    out.writeInt(files.size());
    for (FileStamp file : files) {
      writeText(out, file.path());
      out.writeLong(file.bytes());
      out.writeLong(file.modified());
    }
    out.writeLong(plan.bytes());
    out.writeInt(plan.offsets().length);
    for (long offset : plan.offsets()) {
      out.writeLong(offset);
    }
    out.writeInt(checksums.length);
    for (int checksum : checksums) {
      out.writeInt(checksum);
    }
    byte[] content = bytes.toByteArray();
    if (content.length > LONGEST) {
      throw new IOException("its header would have " + content.length + " bytes");
    }
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(end(content.length)));
    all.putLong(MAGIC).putInt(FORMAT).putInt(content.length).putInt(checksum(content)).put(content);
    return all.array();
  }

  /** Where weights begin after a header of so many bytes. */
  private static long end(int length) {
    return (FIXED + (long) length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static int checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, 0, content.length);
    return (int) crc.getValue();
  }

  /** A header and where it ends. */
  record Placed(ImageHeader header, long end) {}

  /**
   * Reads the start of an image.
   *
   * @throws IOException if it is none, or damaged
   */
  static Placed read(FileChannel file) throws IOException {
    ByteBuffer fixed = ByteBuffer.allocate(FIXED);
    fill(file, fixed, 0);
    fixed.flip();
    if (fixed.getLong() != MAGIC || fixed.getInt() != FORMAT) {
      throw new IOException("it is no image of weights, or one of another version");
    }
    int length = fixed.getInt();
    if (length < 0 || length > Math.min(LONGEST, file.size() - FIXED)) {
      throw new IOException("its header is cut short");
    }
    ByteBuffer content = ByteBuffer.allocate(length);
    fill(file, content, FIXED);
    if (checksum(content.array()) != fixed.getInt()) {
      throw new IOException("its header is damaged");
    }
    try {
      return new Placed(decode(content.array()), end(length));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | NegativeArraySizeException e) {
      throw new IOException("its header is damaged", e);
    }
  }

  /** Reads until a buffer is full. */
  static void fill(FileChannel file, ByteBuffer buffer, long from) throws IOException {
    int start = buffer.position();
    while (buffer.hasRemaining()) {
      if (file.read(buffer, from + buffer.position() - start) < 0) {
        throw new IOException("it is cut short");
      }
    }
  }

  private static ImageHeader decode(byte[] content) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
    String description = readText(in);
    List<FileStamp> files = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      files.add(new FileStamp(readText(in), in.readLong(), in.readLong()));
    }
    long bytes = in.readLong();
    long[] offsets = new long[Math.min(in.readInt(), content.length)];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = in.readLong();
    }
    int[] checksums = new int[Math.min(in.readInt(), content.length)];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = in.readInt();
    }
    return new ImageHeader(description, files, new WeightPlan(offsets, bytes), checksums);
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
