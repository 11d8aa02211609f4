package dev.tilewright.pim.decode;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.VectorUnit;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Times decode steps: pieces of work one after the other, each stream from closed rows. Streams of
 * one part differ between layers in nothing but the rows, which all move by the same number, so
 * that one of them is simulated.
 */
public final class StepTimer {
  private final Device device;
  private final TimingSimulator simulator;
  private final VectorUnit unit;

  public StepTimer(Device device, VectorUnit unit) {
    this.device = device;
    this.simulator = new TimingSimulator(device);
    this.unit = unit;
  }

  /** The time of a step of a {@link DecodePlan} for the timer's device. */
  public StepTime time(List<Work> step) {
    Map<Work.Part, Timed> streams = new EnumMap<>(Work.Part.class);
    StepTime time = new StepTime(device);
    for (Work work : step) {
      switch (work) {
        case Work.OnMemory(Work.Part part, CommandStream stream) -> {
          Timed timed = streams.get(part);
          if (timed == null || timed.commands() != stream.commands().size()) {
            timed = new Timed(stream.commands().size(), simulator.run(stream));
            streams.put(part, timed);
          }
          time.add(part, timed.report());
        }
        case Work.OnController on ->
            time.add(on.part(), on.times() * unit.seconds(on.function(), on.length()));
      }
    }
    return time;
  }

  private record Timed(int commands, TimingReport report) {}
}
