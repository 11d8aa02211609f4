package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.ChannelClock.Kind;
import dev.tilewright.pim.batch.Task.Unit;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.device.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of batched decode of a transformer whose heads and MLP are shared out to several devices
 * (tensor parallel), on one of them; what devices tell each other is not counted.
 */
public final class NeuPims {
  /** GPT-3 of 7 billion weights, as NeuPIMs' configuration has it. */
  public static final TransformerSize GPT3_7B =
      new TransformerSize("gpt3-7b", 32, 4096, 32, 16384, 50257, 2048);

  /** Devices that share GPT-3 7B. */
  public static final int DEVICES = 4;

  /**
   * What is taken for granted, to find what a figure hangs on.
   *
   * @param contention whether reads and multiplications disturb each other as simulated
   * @param simulatedReads whether weights come at the rate of the simulated reads, or of the bus
   * @param weightsOnce whether the second half of a batch finds the weights that the first half
   *     read
   * @param appends whether appending to the caches takes time
   * @param oneHost whether reads are sent by the host that waits for the units' answers
   */
  public record Assumptions(
      boolean contention,
      boolean simulatedReads,
      boolean weightsOnce,
      boolean appends,
      boolean oneHost) {
    /** As the simulator has it. */
    public static final Assumptions SIMULATED = new Assumptions(true, true, false, true, false);

    /** Reads and multiplications do not disturb each other, and weights fill the bus. */
    public static final Assumptions IDEAL = new Assumptions(false, false, false, true, false);
  }

  /** How the processor and the units in the banks share channels. */
  public enum Sharing {
    /** One waits while the other works. */
    BLOCKED,
    /** Both send commands whenever they have some. */
    MIXED
  }

  private final Device device;
  private final TransformerSize size;
  private final int devices;
  private final Npu npu;
  private final ChannelClock clock;

  public NeuPims(Device device, TransformerSize size, int devices, Npu npu) {
    if (size.heads() % devices != 0 || size.mlp() % devices != 0) {
      throw new IllegalArgumentException(
          "%d devices do not divide %d heads and an MLP of %d"
              .formatted(devices, size.heads(), size.mlp()));
    }
    this.device = device;
    this.size = size;
    this.devices = devices;
    this.npu = npu;
    this.clock =
        new ChannelClock(device, size.heads() / devices, size.attention().head(), size.context());
  }

  public ChannelClock clock() {
    return clock;
  }

  /** Whether the weights and the caches of such a batch fit the banks. */
  public boolean fits(Batch batch) {
    double bytes = 2.0 * size.matrixElements() / devices;
    bytes += 4.0 * size.layers() * size.width() / devices * batch.tokens();
    double room = (double) device.channels() * device.banks() * device.rows();
    return bytes <= room * device.columns() * Device.COLUMN_BYTES;
  }

  /**
   * A step of a batch.
   *
   * @param sharing how processor and memory share channels
   * @param interleaved whether two halves of the batch take turns
   */
  public Schedule step(Batch batch, Sharing sharing, boolean interleaved, Assumptions assumptions) {
    List<Task> tasks = new ArrayList<>();
    List<Batch> parts = interleaved ? List.of(batch.half(0), batch.half(1)) : List.of(batch);
    List<Task> last = new ArrayList<>();
    parts.forEach(_ -> last.add(null));
    for (int layer = 0; layer < size.layers(); layer++) {
      for (int part = 0; part < parts.size(); part++) {
        Layer next = new Layer(parts.get(part), part, layer, assumptions, tasks);
        last.set(part, next.add(last.get(part)));
      }
    }
    return Schedule.of(
        tasks,
        sharing == Sharing.BLOCKED,
        (kind, load) ->
            assumptions.contention()
                ? clock.slowdown(kind, load, assumptions.oneHost())
                : ChannelClock.Slowdown.NONE);
  }

  /** Seconds in which the arrays would compute a step of so many requests, without waiting. */
  double computing(int requests) {
    int width = size.width();
    int attention = width / devices;
    int mlp = size.mlp() / devices;
    double layer =
        npu.product(requests, width, 3 * attention)
            + npu.product(requests, attention, width)
            + npu.product(requests, width, mlp)
            + npu.product(requests, mlp, width);
    return size.layers() * layer;
  }

  private final class Layer {
    private final Batch batch;
    private final int part;
    private final int number;
    private final Assumptions assumptions;
    private final List<Task> tasks;

    Layer(Batch batch, int part, int number, Assumptions assumptions, List<Task> tasks) {
      this.batch = batch;
      this.part = part;
      this.number = number;
      this.assumptions = assumptions;
      this.tasks = tasks;
    }

    /** Adds the layer's tasks behind one; returns the last. */
    Task add(Task before) {
      int heads = size.heads() / devices;
      int group = clock.groupHeads();
      int head = size.attention().head();
      List<Task> first = before == null ? List.of() : List.of(before);
      List<Task> projections = new ArrayList<>();
      for (int h = 0; h < heads; h += group) {
        projections.add(product("qkv", size.width(), 3 * Math.min(group, heads - h) * head, first));
      }
      List<Task> sums = new ArrayList<>(projections);
      int requests = batch.lengths().size();
      List<Integer> busiest = batch.busiest();
      for (int tokens : busiest) {
        for (Task qkv : projections) {
          double append = assumptions.appends() ? clock.append() : 0;
          double seconds = append + clock.seconds(Kind.SCORES, tokens);
          Task scores = memory("scores", Kind.SCORES, seconds, qkv);
          double elements = (double) group * tokens * requests / busiest.size();
          Task softmax =
              task("softmax", Unit.LANES, npu.softmax(elements), null, 0, List.of(scores));
          seconds = clock.seconds(Kind.WEIGHTED_SUM, tokens);
          sums.add(memory("weighted sum", Kind.WEIGHTED_SUM, seconds, softmax));
        }
      }
      Task project = product("project", size.width() / devices, size.width(), sums);
      Task up = product("up", size.width(), size.mlp() / devices, List.of(project));
      return product("down", size.mlp() / devices, size.width(), List.of(up));
    }

    private Task product(String name, int depth, int outputs, List<Task> after) {
      double compute = npu.product(batch.lengths().size(), depth, outputs);
      double rate = assumptions.simulatedReads() ? clock.readBytes() : clock.busBytes();
      double read = 2.0 * depth * outputs / (device.channels() * rate);
      if (part > 0 && assumptions.weightsOnce()) {
        read = 0;
      }
      double seconds = Math.max(compute, read);
      return task(name, Unit.ARRAYS, seconds, null, read / seconds, after);
    }

    private Task memory(String name, Kind kind, double seconds, Task after) {
      return task(name, Unit.MEMORY, seconds, kind, 0, List.of(after));
    }

    private Task task(
        String name, Unit unit, double seconds, Kind kind, double load, List<Task> after) {
      Task task = new Task(name, part, number, unit, seconds, kind, load, List.copyOf(after));
      tasks.add(task);
      return task;
    }
  }
}
