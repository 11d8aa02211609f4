package dev.tilewright.pim.device;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the text of a device file. */
final class DeviceFile {
  private final List<String> lines;
  private final Map<Parameter, Double> values = new EnumMap<>(Parameter.class);
  private String name;

  DeviceFile(String text) {
    lines = text.lines().toList();
  }

  Device device() {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int comment = line.indexOf('#');
      String content = comment < 0 ? line : line.substring(0, comment);
      if (!content.isBlank()) {
        entry(i + 1, content);
      }
    }
    if (name == null) {
      throw new DeviceFileException(lines.size(), 1, "the file ends without 'name = ..'");
    }
    for (Parameter parameter : Parameter.values()) {
      if (!values.containsKey(parameter)) {
        throw new DeviceFileException(
            lines.size(),
            1,
            "the file ends without '%s = ..' (%s)".formatted(parameter.key(), parameter.help()));
      }
    }
    return new Device(name, values);
  }

  private void entry(int line, String content) {
    int equals = content.indexOf('=');
    if (equals < 0) {
      throw new DeviceFileException(
          line,
          column(content, 0),
          "expected 'key = value', found '%s'".formatted(content.strip()));
    }
    String key = content.substring(0, equals).strip();
    String value = content.substring(equals + 1).strip();
    int at = column(content, equals + 1);
    if (key.equals("name")) {
      if (!value.matches("[a-z0-9-]+")) {
        throw new DeviceFileException(
            line, at, "a name is of a-z, 0-9 and -, found '%s'".formatted(value));
      }
      name = value;
      return;
    }
    Parameter parameter =
        Parameter.of(key)
            .orElseThrow(
                () ->
                    new DeviceFileException(
                        line,
                        column(content, 0),
                        "no parameter is called '%s'; there are %s"
                            .formatted(
                                key,
                                Arrays.stream(Parameter.values()).map(Parameter::key).toList())));
    if (values.put(parameter, number(parameter, value, line, at)) != null) {
      throw new DeviceFileException(
          line, column(content, 0), "'%s' is stated twice; keep one".formatted(key));
    }
  }

  private static double number(Parameter parameter, String text, int line, int column) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    boolean fits = value >= parameter.least && value <= parameter.most;
    if (!fits || (parameter.whole && value != Math.rint(value))) {
      throw new DeviceFileException(
          line,
          column,
          parameter.whole
              ? "'%s' is a whole number from %d to %d, found '%s'"
                  .formatted(parameter.key(), (long) parameter.least, (long) parameter.most, text)
              : "'%s' is a number of at least 0, found '%s'".formatted(parameter.key(), text));
    }
    return value;
  }

  /** The column, from 1, of the first character that is not blank at or behind {@code from}. */
  private static int column(String content, int from) {
    int at = from;
    while (at < content.length() && Character.isWhitespace(content.charAt(at))) {
      at++;
    }
    return at + 1;
  }
}
