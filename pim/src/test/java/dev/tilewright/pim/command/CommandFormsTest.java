package dev.tilewright.pim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The text form and the binary form give a stream back; what is no stream is refused in its place.
 */
class CommandFormsTest {
  private static CommandStream random(SplittableRandom random) {
    List<Command> commands = new ArrayList<>();
    for (int i = random.nextInt(50); i >= 0; i--) {
      Opcode opcode = Opcode.of(random.nextInt(Opcode.values().length)).orElseThrow();
      int[] values = opcode.fields.stream().mapToInt(f -> value(f, random)).toArray();
      commands.add(opcode.make(values));
    }
    List<Binding> bindings =
        List.of(
            new Binding("x", Binding.Direction.IN, 0, 1 + random.nextInt(100)),
            new Binding("layer.0/y-1", Binding.Direction.OUT, random.nextInt(100), 3));
    return new CommandStream("some-device", bindings, commands);
  }

  private static int value(Field field, SplittableRandom random) {
    return switch (field) {
      case CHANNELS -> random.nextInt();
      case SOURCE -> random.nextInt(Source.values().length);
      case REGISTER -> random.nextInt(Register.values().length);
      default -> random.nextInt() >> random.nextInt(31) | 1;
    };
  }

  @Test
  void textAndBytesRoundTrip() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 500; i++) {
      CommandStream stream = random(random);
      assertThat(StreamText.parse(StreamText.print(stream))).isEqualTo(stream);
      assertThat(StreamBinary.read(StreamBinary.write(stream))).isEqualTo(stream);
    }
  }

  @Test
  void repeatedCommandsTakeFewBytes() {
    List<Command> commands = new ArrayList<>();
    for (int row = 0; row < 1000; row++) {
      commands.add(new Command.MultiplyAll(ChannelSet.first(32), row, 0, 64, 0, 0, Source.BUFFER));
    }
    assertThat(StreamBinary.write(new CommandStream("d", List.of(), commands)).length)
        .isLessThan(8100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAC_AB ch=0 | 2 | 1 | there is no command 'MAC_AB'",
        "AF ch=0-32 af=0 acc=0 | 2 | 7 | within 0 to 31",
        "AF ch=0-1 acc=0 af=0 | 2 | 11 | expected 'af='",
        "AF ch=0-1 af=x acc=0 | 2 | 14 | expected a whole number, found 'x'",
        "AF ch=0-1 af=0 | 2 | 15 | expected 'acc=', but the line ends",
        "WR_GPR slot=99999999999 | 2 | 13 | expected a whole number",
        "WR_CFR reg=what value=0 | 2 | 12 | expected one of [source, all_groups, function]",
        "SYNC now | 2 | 6 | 'now' is one word too many",
        "in x! 0 1 | 2 | 4 | 'x!' cannot name a binding",
        "out x 0 0 | 2 | 5 | slots count from 0, at least one",
      })
  void errorsSayWhere(String line, int number, int column, String message) {
    assertThatThrownBy(() -> StreamText.parse("device d # first\n" + line))
        .isInstanceOfSatisfying(
            StreamTextException.class,
            e -> {
              assertThat(e).hasMessageContaining(message);
              assertThat(e.line()).isEqualTo(number);
              assertThat(e.column()).isEqualTo(column);
            });
  }

  @Test
  void aTextWithoutDeviceIsRefused() {
    assertThatThrownBy(() -> StreamText.parse("EOC\n")).hasMessageContaining("device NAME");
  }

  @Test
  void damagedBytesAreRefusedOrAnotherStream() {
    SplittableRandom random = new SplittableRandom(2);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = StreamBinary.write(random(random));
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      byte[] damaged = Arrays.copyOf(bytes, bytes.length - random.nextInt(2));
      try {
        CommandStream other = StreamBinary.read(damaged);
        assertThat(StreamBinary.read(StreamBinary.write(other))).isEqualTo(other);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("Exception");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void channelsArePrintedAsRanges() {
    assertThat(new ChannelSet(0b1011_1000_0001)).hasToString("0,7-9,11");
    assertThat(ChannelSet.range(8, 16).place(10)).isEqualTo(2);
    assertThat(ChannelSet.first(32).bits()).isEqualTo(-1);
  }
}
