package dev.tilewright.pim.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A memory that computes. Bank {@code b} of a channel belongs to group {@code b / banksPerGroup}; a
 * column is 32 bytes, 16 bf16.
 *
 * @param name what streams call it
 * @param values every {@link Parameter}
 */
public record Device(String name, Map<Parameter, Double> values) {
  /** bf16 elements in a column. */
  public static final int LANES = 16;

  /** Bytes in a column. */
  public static final int COLUMN_BYTES = 2 * LANES;

  /** The devices that come with the simulator. */
  public static final List<String> KNOWN =
      List.of("aim-gddr6", "pim-gpt", "neupims-single", "neupims-dual");

  public Device {
    values = Collections.unmodifiableMap(new EnumMap<>(values));
  }

  /**
   * A device of {@link #KNOWN}.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Device named(String name) {
    if (!KNOWN.contains(name)) {
      throw new IllegalArgumentException(
          "no device is called '%s'; there are %s, or read a file with Device.read"
              .formatted(name, String.join(", ", KNOWN)));
    }
    try (InputStream file = Device.class.getResourceAsStream(name + ".device")) {
      return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The device that a file describes.
   *
   * @throws DeviceFileException if the file is no complete description
   */
  public static Device read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  /**
   * The device that a text describes, a {@code key = value} a line, {@code #} before a comment.
   *
   * @throws DeviceFileException with line and column, if it is no complete description
   */
  public static Device parse(String text) {
    return new DeviceFile(text).device();
  }

  /** This device with another value for one parameter, for example another number of channels. */
  public Device with(Parameter parameter, double value) {
    Map<Parameter, Double> changed = new EnumMap<>(values);
    changed.put(parameter, value);
    return parse(new Device(name, changed).toText());
  }

  /** The description, which {@link #parse} reads back. */
  public String toText() {
    StringBuilder text = new StringBuilder("name = ").append(name).append('\n');
    values.forEach(
        (parameter, value) ->
            text.append(parameter.key())
                .append(" = ")
                .append(parameter.whole ? String.valueOf((long) (double) value) : value.toString())
                .append('\n'));
    return text.toString();
  }

  /** The value of a parameter that is a whole number. */
  public int of(Parameter parameter) {
    return (int) (double) values.get(parameter);
  }

  /** The value of any parameter. */
  public double real(Parameter parameter) {
    return values.get(parameter);
  }

  public int channels() {
    return of(Parameter.CHANNELS);
  }

  /** Banks in a channel. */
  public int banks() {
    return of(Parameter.GROUPS) * of(Parameter.BANKS_PER_GROUP);
  }

  public int rows() {
    return of(Parameter.ROWS);
  }

  /** Columns in a row. */
  public int columns() {
    return of(Parameter.COLUMNS);
  }

  /** bf16 elements in a row. */
  public int rowElements() {
    return columns() * LANES;
  }

  /** Columns in a channel's global buffer. */
  public int bufferColumns() {
    return of(Parameter.BUFFER_COLUMNS);
  }

  /** Accumulators beside a bank. */
  public int accumulators() {
    return of(Parameter.ACCUMULATORS);
  }

  /** Whether memory commands and PIM commands have row buffers of their own. */
  public boolean dualRowBuffer() {
    return of(Parameter.ROW_BUFFERS) == 2;
  }

  /** Whether accumulators hold zero at first and after they are read. */
  public boolean clearsOnRead() {
    return of(Parameter.CLEAR_ON_READ) == 1;
  }

  /** Slots of 16 bf16 that hold one value of each bank of a channel. */
  public int slotsPerChannel() {
    return (banks() + LANES - 1) / LANES;
  }

  /** Seconds that {@code cycles} take. */
  public double seconds(long cycles) {
    return cycles * real(Parameter.CLOCK_PS) * 1e-12;
  }
}
