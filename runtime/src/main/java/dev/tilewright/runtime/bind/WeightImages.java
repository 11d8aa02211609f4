package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.WeightImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes weights as {@link WeightImage} describes. */
public final class WeightImages {
  private static final long LINE = 64;
  private static final int CHUNK = 1 << 26;

  private WeightImages() {}

  /**
   * Reads, prepares and packs all weights, and writes them to a file.
   *
   * @throws dev.tilewright.runtime.WeightMismatchException if some are missing or do not fit
   */
  public static void write(List<WeightRecipe> recipes, Weights source, boolean strict, Path file)
      throws IOException {
    try (Arena arena = Arena.ofShared();
        FileChannel out =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      WeightBlock block = WeightBlock.prepare(recipes, source, strict, arena, () -> {});
      long words = (long) WeightImage.HEADER + recipes.size();
      long start = (words * Long.BYTES + LINE - 1) & -LINE;
      ByteBuffer head = ByteBuffer.allocate(Math.toIntExact(start)).order(ByteOrder.LITTLE_ENDIAN);
      head.putLong(WeightImage.MAGIC)
          .putLong(start + block.plan().bytes())
          .putLong(recipes.size())
          .putLong(0);
      for (long word : WeightImage.digest(recipes)) {
        head.putLong(word);
      }
      for (long offset : block.plan().offsets()) {
        head.putLong(start + offset);
      }
      writeAll(out, head.rewind());
      write(out, block.memory());
    }
  }

  private static void write(FileChannel out, MemorySegment memory) throws IOException {
    for (long at = 0; at < memory.byteSize(); at += CHUNK) {
      writeAll(out, memory.asSlice(at, Math.min(CHUNK, memory.byteSize() - at)).asByteBuffer());
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
