package dev.tilewright.pim.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The text form: a command a line, its fields as {@code key=value} in the order of the record.
 *
 * <pre>
 * device aim-gddr6
 * in x 0 64
 * out y 64 32
 * WR_GB ch=0-31 size=64 buf=0 slot=0
 * WR_BIAS ch=0-31 acc=0 slot=96
 * MAC_ABK ch=0-31 row=0 col=0 size=64 buf=0 acc=0 from=buffer
 * RD_MAC ch=0-31 acc=0 slot=64
 * EOC
 * </pre>
 *
 * Anything behind {@code #} is a comment. Printing and parsing are inverse to each other.
 */
public final class StreamText {
  private StreamText() {}

  /** The stream as text. */
  public static String print(CommandStream stream) {
    StringBuilder text = new StringBuilder("device ").append(stream.device()).append('\n');
    for (Binding binding : stream.bindings()) {
      text.append(binding.direction().name().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(binding.name())
          .append(' ')
          .append(binding.slot())
          .append(' ')
          .append(binding.slots())
          .append('\n');
    }
    for (Command command : stream.commands()) {
      print(text, command);
      text.append('\n');
    }
    return text.toString();
  }

  /** One command as text, without a line's end. */
  public static String print(Command command) {
    StringBuilder text = new StringBuilder();
    print(text, command);
    return text.toString();
  }

  private static void print(StringBuilder text, Command command) {
    Opcode opcode = Opcode.of(command);
    int[] values = Opcode.values(command);
    text.append(opcode);
    for (int i = 0; i < values.length; i++) {
      Field field = opcode.fields.get(i);
      text.append(' ').append(field.key).append('=').append(value(field, values[i]));
    }
  }

  private static String value(Field field, int value) {
    return switch (field) {
      case CHANNELS -> new ChannelSet(value).toString();
      case SOURCE -> Source.of(value).orElseThrow().name().toLowerCase(Locale.ROOT);
      case REGISTER -> Register.of(value).orElseThrow().name().toLowerCase(Locale.ROOT);
      case CHANNEL, BANK, ROW, COLUMN, SIZE, BUFFER, ACCUMULATOR, FUNCTION, LANE, SLOT ->
          "" + value;
      case ADDEND, VALUE -> "" + value;
    };
  }

  /**
   * The stream that a text describes.
   *
   * @throws StreamTextException with line and column, if it describes none
   */
  public static CommandStream parse(String text) {
    String device = null;
    List<Binding> bindings = new ArrayList<>();
    List<Command> commands = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      LineReader line = new LineReader(i + 1, lines.get(i));
      if (line.atEnd()) {
        continue;
      }
      String head = line.word("'device', 'in', 'out' or a command");
      switch (head) {
        case "device" -> device = line.word("a device's name");
        case "in" -> bindings.add(line.binding(Binding.Direction.IN));
        case "out" -> bindings.add(line.binding(Binding.Direction.OUT));
        default -> commands.add(line.command(head));
      }
      line.end();
    }
    if (device == null) {
      throw new StreamTextException(1, 1, "the text has no line 'device NAME'");
    }
    return new CommandStream(device, bindings, commands);
  }
}
