package dev.tilewright.pim.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.RandomStreams;
import dev.tilewright.pim.check.IllegalStreamException;
import dev.tilewright.pim.check.Validator;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Mutations;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Of 100,000 damaged streams each is refused, or proven to compute from written data alone: it
 * gives the same bits whatever the places hold that nobody wrote. Nothing else happens: no other
 * exception.
 */
class MutatedStreamsTest {
  private static final Device DEVICE =
      Device.named("aim-gddr6")
          .with(Parameter.CHANNELS, 2)
          .with(Parameter.ROWS, RandomStreams.ROWS + 1)
          .with(Parameter.GROUPS, 1)
          .with(Parameter.COLUMNS, 2)
          .with(Parameter.BUFFER_COLUMNS, 3);

  @Test
  void refusedOrOfWrittenData() {
    SplittableRandom random = new SplittableRandom(11);
    Validator validator = new Validator(DEVICE);
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      long seed = random.nextLong();
      Written loaded = memory((short) 0, seed).written();
      CommandStream legal = new RandomStreams(DEVICE, random.split()).next(12);
      validator.check(legal, loaded);
      for (int j = 0; j < 20; j++) {
        CommandStream mutant = Mutations.mutate(legal, random);
        try {
          validator.check(mutant, loaded);
        } catch (IllegalStreamException e) {
          refused++;
          continue;
        }
        if (j % 4 == 0) {
          assertThat(new TimingSimulator(DEVICE).run(mutant).cycles()).isPositive();
        }
        assertThat(results(mutant, (short) 0x7f81, seed))
            .as("%s", mutant)
            .isEqualTo(results(mutant, (short) 0x4123, seed));
      }
    }
    assertThat(refused).isBetween(30_000, 90_000);
  }

  private static Memory memory(short unwritten, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Memory memory = new Memory(DEVICE, unwritten);
    for (int channel = 0; channel < DEVICE.channels(); channel++) {
      for (int bank = 0; bank < DEVICE.banks(); bank++) {
        memory.load(channel, bank, 0, 0, values(random, RandomStreams.ROWS * DEVICE.rowElements()));
      }
    }
    return memory;
  }

  private static short[] values(SplittableRandom random, int count) {
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      values[i] = Bf16.round((float) random.nextDouble(-2, 2));
    }
    return values;
  }

  /** The staging memory and every written column after a run. */
  private static int results(CommandStream stream, short unwritten, long seed) {
    Memory memory = memory(unwritten, seed);
    short[] slots = values(new SplittableRandom(seed + 1), stream.slots() * Device.LANES);
    new FunctionalSimulator(DEVICE, memory).run(stream, slots);
    int hash = Arrays.hashCode(slots);
    for (int channel = 0; channel < DEVICE.channels(); channel++) {
      for (int bank = 0; bank < DEVICE.banks(); bank++) {
        for (int row = 0; row < DEVICE.rows(); row++) {
          for (int column = 0; column < DEVICE.columns(); column++) {
            if (memory.written().hasColumns(channel, bank, row, column, 1)) {
              short[] values = memory.row(channel, bank, row);
              for (int i = 0; i < Device.LANES; i++) {
                hash = 31 * hash + values[column * Device.LANES + i];
              }
            }
          }
        }
      }
    }
    return hash;
  }
}
