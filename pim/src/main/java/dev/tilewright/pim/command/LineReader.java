package dev.tilewright.pim.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads the words of a line of the text form. */
final class LineReader {
  private final int number;
  private final String line;
  private int at;
  private int wordAt;

  LineReader(int number, String line) {
    this.number = number;
    int comment = line.indexOf('#');
    this.line = comment < 0 ? line : line.substring(0, comment);
    skipBlanks();
  }

  private void skipBlanks() {
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
  }

  boolean atEnd() {
    return at == line.length();
  }

  /** The next word. */
  String word(String expected) {
    wordAt = at;
    if (atEnd()) {
      throw error("expected " + expected + ", but the line ends");
    }
    while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    String word = line.substring(wordAt, at);
    skipBlanks();
    return word;
  }

  /** Nothing may follow. */
  void end() {
    if (!atEnd()) {
      String more = word("");
      throw error("'%s' is one word too many".formatted(more));
    }
  }

  Binding binding(Binding.Direction direction) {
    String name = word("the binding's name");
    int nameAt = wordAt;
    int slot = number(word("its first slot"));
    int slots = number(word("its number of slots"));
    try {
      return new Binding(name, direction, slot, slots);
    } catch (IllegalArgumentException e) {
      wordAt = nameAt;
      throw error(e.getMessage());
    }
  }

  Command command(String mnemonic) {
    Opcode opcode =
        Opcode.of(mnemonic)
            .orElseThrow(
                () ->
                    error(
                        "there is no command '%s'; there are %s"
                            .formatted(mnemonic, Arrays.toString(Opcode.values()))));
    int[] values = new int[opcode.fields.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = opcode.fields.get(i);
      String word = word("'%s='".formatted(field.key));
      if (!word.startsWith(field.key + "=")) {
        throw error("expected '%s=', found '%s'".formatted(field.key, word));
      }
      wordAt += field.key.length() + 1;
      values[i] = value(field, word.substring(field.key.length() + 1));
    }
    return opcode.make(values);
  }

  private int value(Field field, String text) {
    return switch (field) {
      case CHANNELS -> channels(text);
      case SOURCE -> name(text, Source.values());
      case REGISTER -> name(text, Register.values());
      case CHANNEL, BANK, ROW, COLUMN, SIZE, BUFFER, ACCUMULATOR, FUNCTION, LANE, SLOT ->
          number(text);
      case ADDEND, VALUE -> number(text);
    };
  }

  private int name(String text, Enum<?>[] values) {
    List<String> names = new ArrayList<>();
    for (Enum<?> value : values) {
      names.add(value.name().toLowerCase(Locale.ROOT));
    }
    int index = names.indexOf(text);
    if (index < 0) {
      throw error("expected one of %s, found '%s'".formatted(names, text));
    }
    return index;
  }

  private int channels(String text) {
    if (text.equals("none")) {
      return 0;
    }
    int bits = 0;
    for (String range : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      int from = number(ends[0]);
      int to = ends.length == 1 ? from : number(ends[1]);
      if (ends.length > 2 || to < from || to >= Integer.SIZE) {
        throw error("expected channels like 0-7,12 within 0 to 31, found '%s'".formatted(text));
      }
      bits |= ChannelSet.range(from, to + 1).bits();
    }
    return bits;
  }

  private int number(String text) {
    if (!text.matches("-?[0-9]{1,10}") || Math.abs(Long.parseLong(text)) > Integer.MAX_VALUE) {
      throw error("expected a whole number, found '%s'".formatted(text));
    }
    return Integer.parseInt(text);
  }

  private StreamTextException error(String message) {
    return new StreamTextException(number, wordAt + 1, message);
  }
}
