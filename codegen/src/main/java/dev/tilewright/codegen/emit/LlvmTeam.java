package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.schema.ModelSchema;

/** What the workers of a library share, as LLVM text: the barrier and the clock. */
final class LlvmTeam {
  /** The barrier's word that holds the address of a clock, or 0. */
  static final int CLOCK = 16;

  private final Machine machine;
  private final LlvmModule shared;

  LlvmTeam(Machine machine, LlvmModule shared) {
    this.machine = machine;
    this.shared = shared;
  }

  /** Both functions; what they declare goes to the module. */
  String functions() {
    return MARK.replace("CLOCK", clock()) + BARRIER.replace("PAUSE", pause());
  }

  /** What tells a hyper-thread's sibling that a worker waits. */
  private String pause() {
    switch (architecture()) {
      case "x86_64" -> {
        shared.declare("void @llvm.x86.sse2.pause()");
        return "call void @llvm.x86.sse2.pause()";
      }
      case "aarch64", "arm64" -> {
        shared.declare("void @llvm.aarch64.hint(i32)");
        return "call void @llvm.aarch64.hint(i32 1)";
      }
      default -> {
        return "fence syncscope(\"singlethread\") seq_cst";
      }
    }
  }

  /** The value of a counter of constant rate, as instructions that set {@code %time}. */
  private String clock() {
    switch (architecture()) {
      case "x86_64" -> {
        shared.declare("i64 @llvm.readcyclecounter()");
        return "%time = call i64 @llvm.readcyclecounter()";
      }
      case "aarch64", "arm64" -> {
        return "%time = call i64 asm sideeffect \"mrs $0, cntvct_el0\", \"=r\"()";
      }
      default -> {
        return "%time = add i64 0, 0";
      }
    }
  }

  private String architecture() {
    return machine.triple().substring(0, machine.triple().indexOf('-'));
  }

  /** If word 16 of the barrier is the address of a clock, worker 0 notes the time in it. */
  private static final String MARK =
      """
      define internal void @mark(ptr %barrier, i64 %worker) #0 {
      entry:
        %place = getelementptr i64, ptr %barrier, i64 16
        %clock = load ptr, ptr %place, align 8
        %off = icmp eq ptr %clock, null
        %other = icmp ne i64 %worker, 0
        %skip = or i1 %off, %other
        br i1 %skip, label %end, label %note
      note:
        CLOCK
        %marks = load i64, ptr %clock, align 8
        %next = add i64 %marks, 1
        %word = getelementptr i64, ptr %clock, i64 %next
        store i64 %time, ptr %word, align 8
        store i64 %next, ptr %clock, align 8
        br label %end
      end:
        ret void
      }

      """;

  /**
   * All workers pass when all have come. Word 0 counts who has come, word 8 (another cache line)
   * how often all have: it is read before one's own coming is counted, so that it cannot be missed.
   */
  private static final String BARRIER =
      """
      define internal void @barrier(ptr %barrier, i64 %workers, ptr %yield) #0 {
      entry:
        %alone = icmp eq i64 %workers, 1
        br i1 %alone, label %end, label %come
      come:
        %turns = getelementptr i64, ptr %barrier, i64 8
        %turn = load atomic i64, ptr %turns monotonic, align 8
        %before = atomicrmw add ptr %barrier, i64 1 acq_rel
        %come.count = add i64 %before, 1
        %last = icmp eq i64 %come.count, %workers
        %more = getelementptr i64, ptr %barrier, i64 PATIENCE
        %patience = load i64, ptr %more, align 8
        %limit = add i64 %patience, SPINS
        br i1 %last, label %open, label %wait
      open:
        store atomic i64 0, ptr %barrier monotonic, align 8
        %next = add i64 %turn, 1
        store atomic i64 %next, ptr %turns release, align 8
        br label %end
      wait:
        %spins = phi i64 [ 0, %come ], [ %spins.next, %spin ], [ 0, %leave ]
        %now = load atomic i64, ptr %turns acquire, align 8
        %opened = icmp ne i64 %now, %turn
        br i1 %opened, label %end, label %spin
      spin:
        PAUSE
        %spins.next = add i64 %spins, 1
        %long = icmp ugt i64 %spins, %limit
        %can = icmp ne ptr %yield, null
        %give = and i1 %long, %can
        br i1 %give, label %leave, label %wait
      leave:
        %ignored = call i32 %yield()
        br label %wait
      end:
        ret void
      }

      """
          .replace("PATIENCE", Integer.toString(ModelSchema.BARRIER_PATIENCE))
          .replace("SPINS", Integer.toString(FrameWords.SPINS));
}
