package dev.tilewright.processor.compile;

import dev.tilewright.codegen.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes the text of each pass as it finishes, so that a compilation that fails leaves what it did. */
final class TraceFiles implements Trace, AutoCloseable {
  private final Path folder;
  private int passes;

  TraceFiles(Path root, String model, String target) {
    folder = root.resolve(model + "-" + target);
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve("explain.txt"));
      Files.deleteIfExists(folder.resolve("buffers.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void pass(String stage, String name, String text) {
    String file = "%02d-%s-%s.txt".formatted(passes++, stage, name.replaceAll("[^A-Za-z0-9]+", "-"));
    write(file, text);
  }

  @Override
  public void explain(Decision decision) {
    write("explain.txt", decision + "\n");
  }

  @Override
  public void plan(BufferPlan plan) {
    StringBuilder text = new StringBuilder(plan.function()).append('\n');
    for (BufferPlan.Slot slot : plan.slots()) {
      text.append(
          "  %s: %s bytes at %s, steps %d to %d%n"
              .formatted(slot.buffer(), slot.bytes(), slot.offset(), slot.firstStep(), slot.lastStep()));
    }
    write("buffers.txt", text.toString());
  }

  private void write(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}
}
