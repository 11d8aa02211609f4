package dev.tilewright.pim.trace;

import dev.tilewright.pim.command.AimTrace;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.decode.DecodePlan;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.decode.Work;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.AttentionSize;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes traces that the public AiM simulator reads: products of 1024 x 1024 and 4096 x 4096, and
 * attention of one token over 512, 1024 and 4096 with 32 heads of 128 dimensions, and a whole
 * decode step of GPT-2 small at its 512th token, with a SYNC where the controller computes.
 *
 * <pre>java -cp tilewright-pim.jar dev.tilewright.pim.trace.ExportTraces FOLDER</pre>
 */
public final class ExportTraces {
  private static final Device DEVICE = Device.named("aim-gddr6");

  private ExportTraces() {}

  /**
   * @param arguments the folder to write to, which is made if there is none
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: ExportTraces FOLDER");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Map<String, CommandStream> streams = streams();
    streams.put("gpt2-step-512", gpt2Step(512));
    for (Map.Entry<String, CommandStream> stream : streams.entrySet()) {
      Path file = folder.resolve(stream.getKey() + ".trace");
      Files.writeString(file, AimTrace.export(stream.getValue(), DEVICE));
      System.out.println(file);
    }
  }

  /** What a decode step gives to the memory, one stream after the other. */
  static CommandStream gpt2Step(int tokens) {
    DecodePlan plan = new DecodePlan(DEVICE, TransformerSize.PIM_GPT.getFirst());
    List<Command> commands = new ArrayList<>();
    for (Work work : plan.step(0, tokens - 1)) {
      if (work instanceof Work.OnMemory(Work.Part part, CommandStream stream)) {
        commands.addAll(stream.commands().subList(0, stream.commands().size() - 1));
        commands.add(new Command.Sync());
      }
    }
    commands.add(new Command.End());
    return new CommandStream(DEVICE.name(), List.of(), commands);
  }

  /** The streams that are short, by name. */
  static Map<String, CommandStream> streams() {
    Map<String, CommandStream> streams = new LinkedHashMap<>();
    for (int size : new int[] {1024, 4096}) {
      RowAllocator rows = new RowAllocator(DEVICE);
      Product product = new Product(MatrixMap.of(rows, "w", size, size));
      streams.put("product-" + size, product.stream());
    }
    for (int tokens : new int[] {512, 1024, 4096}) {
      AttentionSize size = new AttentionSize(32, 32, 128, 4096);
      Attention attention =
          new Attention(new AttentionMap(new RowAllocator(DEVICE), "attention", size));
      streams.put("attention-%d-append".formatted(tokens), attention.append(tokens - 1));
      streams.put("attention-%d-scores".formatted(tokens), attention.scores(tokens));
      streams.put("attention-%d-sum".formatted(tokens), attention.weightedSum(tokens));
    }
    return streams;
  }
}
