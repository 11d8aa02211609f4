package dev.tilewright.target.pim;

import com.google.auto.service.AutoService;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.PlanModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.RowAllocator;
import java.util.List;

/** Memory that computes, of the AiM class. What is compiled is a plan. */
@AutoService(Target.class)
public final class PimTarget implements Target {
  /** The largest device that is described; which one a plan runs on is chosen when it is loaded. */
  private static final String LARGEST = "aim-gddr6";

  /** The device that places are chosen for. */
  private static final String USUAL = "pim-gpt";

  /** For {@link java.util.ServiceLoader}. */
  public PimTarget() {}

  @Override
  public String name() {
    return "pim";
  }

  @Override
  public String description() {
    return "memory that computes (AiM command set), on its simulator; in bfloat16";
  }

  @Override
  public List<String> platforms() {
    return List.of(ANY_PLATFORM);
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of();
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public boolean isOnRequest() {
    return true;
  }

  /** The banks multiply bf16. */
  @Override
  public boolean compiles(Precision precision) {
    return precision == Precision.BFLOAT16;
  }

  @Override
  public PlanModule compile(Program program, CompileOptions options, Trace trace) {
    for (Program.EntryPoint entry : program.entries()) {
      if (entry.ragged().isPresent()) {
        trace.explain(
            new Trace.Decision(
                entry.name(),
                "place",
                false,
                "memory computes for one sequence at a time: the entry is left out, as it takes"
                    + " ragged batches, and calling it on a device says so",
                program.function(entry.function()).inputs().getFirst().origin()));
      }
    }
    Program dense = Dense.of(program);
    if (dense.entries().isEmpty()) {
      throw new UnsupportedProgramException(
          "memory computes for one sequence at a time, and every entry takes ragged batches;"
              + " declare one without @Ragged",
          program.function(program.entries().getFirst().function()).results().getFirst().origin());
    }
    Plan plan = Plan.of(dense, Machine.of(Device.named(USUAL)), trace);
    Instances instances = new Instances(plan);
    new Mapping(instances, new RowAllocator(Device.named(LARGEST))).session();
    String text = plan.print();
    trace.pass("emit", "write plan", text);
    return new PlanModule(text, PlanEntries.of(program, plan), instances.recipes());
  }
}
