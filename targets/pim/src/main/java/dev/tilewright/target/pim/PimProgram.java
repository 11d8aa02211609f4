package dev.tilewright.target.pim;

import dev.tilewright.Dim;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.op.TensorType;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.device.DeviceProgram;
import dev.tilewright.runtime.device.DeviceSession;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/** A plan on a device: its matrices in the banks, ready to be called. */
final class PimProgram implements DeviceProgram {
  /**
   * A function under a prefix, with what it finds by the names of buffers and regions.
   *
   * @param constants weights that no bank multiplies with
   */
  record Bound(
      Instances.Instance instance,
      Map<String, Cells> constants,
      Map<String, Product> products,
      Map<String, Instances.Cache> caches) {}

  private final ModelSchema schema;
  private final Plan plan;
  private final Machine machine;
  private final Instances instances;
  private final Mapping mapping;
  private final Ledger ledger;
  private final MatrixUnit unit;
  private final Map<Instances.Instance, Bound> bound = new HashMap<>();
  private final Deque<Map<String, Attention>> spare = new ArrayDeque<>();
  private long rows;
  private boolean called;

  /**
   * Fills the banks.
   *
   * @param unit makes what multiplies
   * @throws UnsupportedProgramException if the device is too small
   */
  PimProgram(
      ModelSchema schema,
      Plan plan,
      IntFunction<HostTensor> weights,
      Machine machine,
      Function<Ledger, MatrixUnit> unit) {
    this.schema = schema;
    this.plan = plan;
    this.machine = machine;
    instances = new Instances(plan);
    mapping = new Mapping(instances, new RowAllocator(machine.device()));
    ledger = new Ledger(machine.device());
    this.unit = unit.apply(ledger);
    mapping.products().forEach((matrix, product) -> load(matrix, product, weights));
    Map<Integer, Cells> constants = new HashMap<>();
    instances.all().forEach(instance -> bound.put(instance, bind(instance, weights, constants)));
  }

  private void load(Instances.Matrix matrix, Product product, IntFunction<HostTensor> weights) {
    Cells cells = Cells.of(weights.apply(matrix.word()));
    int[] outputs = matrix.outputs().stream().mapToInt(Integer::intValue).toArray();
    int[] depth = matrix.depth().stream().mapToInt(Integer::intValue).toArray();
    float[] elements = cells.floats();
    unit.load(product, (output, k) -> elements[outputs[output] + depth[k]]);
  }

  private Bound bind(
      Instances.Instance instance, IntFunction<HostTensor> weights, Map<Integer, Cells> shared) {
    RegionFunction function = instance.function();
    Map<String, Product> products = new HashMap<>();
    Map<String, Instances.Cache> caches = new HashMap<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)
          && plan.place(function, region).inMemory()) {
        switch (region) {
          case Region.Contraction product ->
              products.put(
                  region.name(), mapping.products().get(instances.matrix(instance, product)));
          case Region.Streamed stream ->
              caches.put(region.name(), instances.cache(instance, stream));
          case Region.Pointwise _, Region.RowReduction _ -> {}
        }
      }
    }
    Map<String, Cells> constants = new HashMap<>();
    for (String name : Placer.readOutside(function, plan.choices().get(function.name()))) {
      if (function.buffer(name).source() instanceof Source.Weight weight) {
        int word = instances.word(instance, weight);
        constants.put(name, shared.computeIfAbsent(word, _ -> Cells.of(weights.apply(word))));
      }
    }
    return new Bound(instance, constants, products, caches);
  }

  Plan plan() {
    return plan;
  }

  Machine machine() {
    return machine;
  }

  Ledger ledger() {
    return ledger;
  }

  MatrixUnit unit() {
    return unit;
  }

  /** What computes in a place. */
  Scalar unit(Place place) {
    return switch (place.unit()) {
      case CONTROLLER -> new OnController(machine.controller());
      case HOST -> new OnHost(machine.vectors());
    };
  }

  Bound bound(RegionFunction function, String prefix) {
    return bound.get(new Instances.Instance(function, prefix));
  }

  /** The rows that the call at hand appends. */
  long rows() {
    return rows;
  }

  @Override
  public List<HostTensor> call(
      int number, Map<String, Long> symbols, List<HostTensor> inputs, DeviceSession session) {
    EntrySchema entry = schema.entries().get(number);
    RegionFunction function = plan.function(entry.symbol());
    rows = entry.session().map(use -> use.rows().evaluate(symbols::get)).orElse(0L);
    ledger.clear();
    called = true;
    PlanRun run = new PlanRun(this, symbols, (PimSession) session);
    Map<String, Cells> buffers = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      buffers.put(function.inputs().get(i), Cells.of(inputs.get(i)));
    }
    for (String result : function.results()) {
      RegionFunction.Buffer buffer = function.buffer(result);
      buffers.put(result, Cells.of(buffer.type().dtype(), run.size(buffer), 0));
    }
    run.run(function, "", buffers);
    List<HostTensor> results = new ArrayList<>();
    for (int i = 0; i < function.results().size(); i++) {
      TensorType type = entry.results().get(i);
      results.add(
          buffers
              .get(function.results().get(i))
              .tensor(
                  type.withShape(
                      type.shape().stream()
                          .map(dim -> Dim.of(dim.evaluate(symbols::get)))
                          .toList())));
    }
    return results;
  }

  @Override
  public PimSession newSession() {
    Map<String, Attention> caches = spare.poll();
    if (caches == null) {
      caches = new LinkedHashMap<>();
      try {
        for (Map.Entry<String, AttentionMap> map : mapping.session().entrySet()) {
          caches.put(map.getKey(), new Attention(map.getValue()));
        }
      } catch (UnsupportedProgramException e) {
        throw new DeviceException(
            "%s (%s); close a session, or load the model for a larger device"
                .formatted(e.getMessage(), Instances.text(e.origin())),
            e);
      }
    }
    caches.values().forEach(unit::clear);
    Map<String, Cells> kept = new LinkedHashMap<>();
    instances
        .hostStates()
        .forEach((name, state) -> kept.put(name, Cells.of(state.dtype(), state.elements(), 0)));
    return new PimSession(this, caches, kept);
  }

  /** Takes the rows of a closed session for the next. */
  void giveBack(Map<String, Attention> caches) {
    spare.add(caches);
  }

  @Override
  public DeviceReport report() {
    return called ? ledger.report() : null;
  }

  @Override
  public String describe() {
    Device device = machine.device();
    String more = unit.describe();
    return "%s: %d channels, %d of %d rows of every bank taken%s"
        .formatted(
            device.name(),
            device.channels(),
            mapping.rowsTaken(),
            device.rows(),
            more.isEmpty() ? "" : ", " + more);
  }

  @Override
  public void close() {
    spare.clear();
  }
}
