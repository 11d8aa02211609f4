package dev.tilewright.target.pim;

import dev.tilewright.pim.check.Validator;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.compute.FunctionalSimulator;
import dev.tilewright.pim.compute.Memory;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionRun;
import dev.tilewright.pim.map.ColumnWriter;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The banks of a simulated device, worked by command streams. Each stream is proven legal before it
 * first runs.
 */
final class Banks implements MatrixUnit {
  private final Memory memory;
  private final FunctionalSimulator simulator;
  private final Validator validator;
  private final Set<CommandStream> proven = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Ledger ledger;
  private final ColumnWriter writer;

  Banks(Device device, Ledger ledger) {
    memory = new Memory(device);
    simulator = new FunctionalSimulator(device, memory);
    validator = new Validator(device);
    writer = memory::load;
    this.ledger = ledger;
  }

  private void runKept(CommandStream stream, short[] staging) {
    if (proven.add(stream)) {
      validator.check(stream, memory.written());
    }
    ledger.streamAgain(stream);
    simulator.run(stream, staging);
  }

  private void runOnce(CommandStream stream, short[] staging) {
    validator.check(stream, memory.written());
    ledger.stream(stream);
    simulator.run(stream, staging);
  }

  @Override
  public void load(Product product, Elements elements) {
    product.matrix().load(elements, writer);
  }

  @Override
  public float[] multiply(Product product, float[] x) {
    return product.apply(x, null, this::runKept);
  }

  @Override
  public void clear(Attention cache) {
    cache.map().load(writer);
  }

  @Override
  public void copy(Attention from, Attention to, int rows) {
    copy(from.map().keys(), to.map().keys());
    copy(from.map().values(), to.map().values());
  }

  private void copy(MatrixMap from, MatrixMap to) {
    Device device = from.device();
    Set<Integer> done = new HashSet<>();
    for (int q = 0; q < from.chunks(); q++) {
      for (int g = 0; g < from.groups(); g++) {
        if (!done.add(from.row(q, g))) {
          continue;
        }
        for (int channel = 0; channel < device.channels(); channel++) {
          for (int bank = 0; bank < device.banks(); bank++) {
            short[] row = memory.read(channel, bank, from.row(q, g));
            memory.load(channel, bank, to.row(q, g), 0, row);
          }
        }
      }
    }
  }

  @Override
  public void append(Attention cache, int position, float[] k, float[] v) {
    new AttentionRun(cache).append(position, k, v, this::runOnce);
  }

  @Override
  public float[][] scores(Attention cache, float[] q, int tokens) {
    return new AttentionRun(cache).scores(q, tokens, this::runKept);
  }

  @Override
  public float[] weightedSum(Attention cache, float[][] p, int tokens) {
    return new AttentionRun(cache).weightedSum(p, tokens, this::runKept);
  }
}
