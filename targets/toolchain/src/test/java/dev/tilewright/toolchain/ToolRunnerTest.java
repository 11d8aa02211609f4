package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ToolRunnerTest {
  private static final TargetMachine MACHINE =
      TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64");

  private static final Source QUICK =
      new Source.LlvmText("f", "define void @f() {\n  ret void\n}\n");

  /** Takes clang far longer than any test waits: each line doubles the text. */
  private static LibraryRequest slow() {
    StringBuilder text = new StringBuilder("#define A0 x = x * 3 + 1;\n");
    for (int i = 1; i <= 26; i++) {
      text.append("#define A")
          .append(i)
          .append(" A")
          .append(i - 1)
          .append(" A")
          .append(i - 1)
          .append('\n');
    }
    text.append("unsigned f(unsigned x) { A26 return x; }\n");
    return LibraryRequest.of(MACHINE, List.of("f"), new Source.C("slow", text.toString()));
  }

  private static List<Path> workFolders() throws Exception {
    try (Stream<Path> folders = Files.list(TestTools.CACHE.resolve("work"))) {
      return folders.toList();
    }
  }

  @Test
  void aToolThatTakesTooLongIsStopped() {
    Toolchain toolchain =
        Toolchain.open(
            ToolchainOptions.defaults()
                .withCache(TestTools.CACHE)
                .withResultBytes(0)
                .withTimeout(Duration.ofMillis(700)));
    assertThatThrownBy(() -> toolchain.compile(slow()))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("clang was stopped after PT0.7S")
        .extracting(failure -> ((ToolFailedException) failure).exitCode())
        .isEqualTo(-1);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void anInterruptStopsTheTool() throws Exception {
    Toolchain toolchain = TestTools.fresh();
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    toolchain.compile(slow());
                  } catch (RuntimeException e) {
                    thrown.set(e);
                  }
                  interrupted.set(Thread.currentThread().isInterrupted());
                });
    while (ProcessHandle.current()
        .children()
        .noneMatch(child -> command(child).endsWith("clang"))) {
      assertThat(thread.isAlive()).isTrue();
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join(Duration.ofSeconds(20));
    assertThat(thread.isAlive()).isFalse();
    assertThat(thrown.get())
        .isInstanceOf(ToolchainException.class)
        .hasMessageContaining("Interrupted");
    assertThat(interrupted.get()).isTrue();
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  private static String command(ProcessHandle process) {
    return process.info().command().orElse("").replace(".exe", "").replaceAll("-[0-9]+$", "");
  }

  @Test
  void aProgramThatIsStillOpenForWritingIsWaitedFor() throws Exception {
    Toolchain toolchain = TestTools.fresh();
    byte[] library = toolchain.compile(LibraryRequest.of(MACHINE, List.of("f"), QUICK)).bytes();
    String expected = toolchain.inspect(Tool.LLVM_NM, library, "-D");
    Path program = TestTools.program(Tool.LLVM_NM);
    CountDownLatch opened = new CountDownLatch(1);
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (FileChannel _ = FileChannel.open(program, StandardOpenOption.WRITE)) {
                    opened.countDown();
                    Thread.sleep(300);
                  } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    opened.await();
    assertThat(toolchain.inspect(Tool.LLVM_NM, library, "-D")).isEqualTo(expected);
    writer.join();
  }

  @Test
  void onlyTheNewestFailuresAreKept() throws Exception {
    for (int i = 0; i < 12; i++) {
      String text = "define void @f() {\n  nonsense\n}\n";
      LibraryRequest request =
          LibraryRequest.of(MACHINE, List.of("f"), new Source.LlvmText("broken" + i, text));
      assertThatThrownBy(() -> TestTools.fresh().compile(request))
          .isInstanceOf(ToolFailedException.class);
    }
    assertThat(workFolders()).hasSizeLessThanOrEqualTo(8);
    assertThat(workFolders()).anyMatch(folder -> Files.exists(folder.resolve("0-broken11.ll")));
  }

  @Test
  void aLongErrorIsShownInPart() {
    StringBuilder text = new StringBuilder("int f(void) {\n");
    for (int i = 0; i < 15; i++) {
      text.append("  unknown").append(i).append("();\n");
    }
    Source source = new Source.C("k", text + "}\n");
    assertThatThrownBy(
            () -> TestTools.fresh().compile(LibraryRequest.of(MACHINE, List.of("f"), source)))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("unknown0")
        .hasMessageContaining("more lines)")
        .message()
        .satisfies(message -> assertThat(message.lines().count()).isLessThan(30));
  }
}
