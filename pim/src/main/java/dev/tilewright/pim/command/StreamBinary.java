package dev.tilewright.pim.command;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The binary form: a magic number and a version, the device's name, the bindings, and for each
 * command a byte of its opcode and the difference of every field to the last command of the same
 * opcode, as zigzag numbers of 7 bits a byte. So the commands of a loop take a few bytes each.
 */
public final class StreamBinary {
  private static final byte[] MAGIC = {'T', 'W', 'P', 'I', 1};

  private StreamBinary() {}

  /** The stream as bytes. */
  public static byte[] write(CommandStream stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    string(out, stream.device());
    number(out, stream.bindings().size());
    for (Binding binding : stream.bindings()) {
      string(out, binding.name());
      number(out, binding.direction() == Binding.Direction.IN ? 0 : 1);
      number(out, binding.slot());
      number(out, binding.slots());
    }
    number(out, stream.commands().size());
    Map<Opcode, int[]> last = new EnumMap<>(Opcode.class);
    for (Command command : stream.commands()) {
      Opcode opcode = Opcode.of(command);
      int[] values = Opcode.values(command);
      int[] before = last.get(opcode);
      out.write(opcode.code);
      for (int i = 0; i < values.length; i++) {
        number(out, before == null ? values[i] : values[i] - before[i]);
      }
      last.put(opcode, values);
    }
    return out.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, int value) {
    int zigzag = value << 1 ^ value >> 31;
    for (; (zigzag & ~0x7f) != 0; zigzag >>>= 7) {
      out.write((zigzag & 0x7f) | 0x80);
    }
    out.write(zigzag);
  }

  /**
   * The stream that {@link #write} wrote.
   *
   * @throws IllegalArgumentException with the byte's place, if the bytes are no stream
   */
  public static CommandStream read(byte[] bytes) {
    return new Reader(bytes).stream();
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    CommandStream stream() {
      if (bytes.length < MAGIC.length
          || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
        throw error("no command stream of version 1 begins here");
      }
      at = MAGIC.length;
      String device = string();
      List<Binding> bindings = new ArrayList<>();
      for (int left = count(); left > 0; left--) {
        String name = string();
        boolean in = index(2, number()) == 0;
        bindings.add(
            new Binding(
                name, in ? Binding.Direction.IN : Binding.Direction.OUT, number(), number()));
      }
      List<Command> commands = new ArrayList<>();
      Map<Opcode, int[]> last = new EnumMap<>(Opcode.class);
      for (int left = count(); left > 0; left--) {
        Opcode opcode = Opcode.of(octet()).orElseThrow(() -> error("no command has this number"));
        int[] values = new int[opcode.fields.size()];
        int[] before = last.get(opcode);
        for (int i = 0; i < values.length; i++) {
          values[i] = number() + (before == null ? 0 : before[i]);
          switch (opcode.fields.get(i)) {
            case SOURCE -> index(Source.values().length, values[i]);
            case REGISTER -> index(Register.values().length, values[i]);
            default -> {}
          }
        }
        last.put(opcode, values);
        commands.add(opcode.make(values));
      }
      if (at != bytes.length) {
        throw error("the stream ends here, the bytes do not");
      }
      return new CommandStream(device, bindings, commands);
    }

    private String string() {
      int length = count();
      at += length;
      return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    /** A count of things that take at least a byte each. */
    private int count() {
      int count = number();
      if (count < 0 || count > bytes.length - at) {
        throw error("%d is more than the bytes that follow hold".formatted(count));
      }
      return count;
    }

    private int number() {
      int zigzag = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += 7) {
        int octet = octet();
        zigzag |= (octet & 0x7f) << shift;
        if (octet < 0x80) {
          return zigzag >>> 1 ^ -(zigzag & 1);
        }
      }
      throw error("a number has more than 32 bits");
    }

    private int octet() {
      if (at == bytes.length) {
        throw error("the bytes end within the stream");
      }
      return bytes[at++] & 0xff;
    }

    private int index(int count, int value) {
      if (value < 0 || value >= count) {
        throw error("expected 0 to %d, found %d".formatted(count - 1, value));
      }
      return value;
    }

    private IllegalArgumentException error(String message) {
      return new IllegalArgumentException("byte %d: %s".formatted(at, message));
    }
  }
}
