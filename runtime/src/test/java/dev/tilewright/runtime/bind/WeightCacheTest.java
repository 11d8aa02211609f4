package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.bind.GeneratedClass.Description;
import dev.tilewright.runtime.bind.WeightCache.Key;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Images of packed weights: when they serve, and that nothing else does. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class WeightCacheTest {
  private static final Tensor IDS = Tensors.of(new int[][] {{2, 0, 1}});
  private static final float[] ROWS = {1, 2, 3, 4, 5, 6};
  private static final float[] OTHERS = {6, 5, 4, 3, 2, 1};

  @TempDir private Path folder;

  @BeforeAll
  static void writeLibrary() {
    HandmadeLibrary.write();
  }

  @Test
  void servesUntilTheWeightFileChanges() throws IOException {
    Path weights = write(ROWS);
    FileTime written = Files.getLastModifiedTime(weights);
    assertThat(loaded(weights)).isEqualTo(ordered(ROWS));
    Files.delete(weights);
    write(OTHERS);
    Files.setLastModifiedTime(weights, written);
    // By path, size and time it is still the same file, so this answer comes of the image.
    assertThat(loaded(weights)).isEqualTo(ordered(ROWS));
    try (Weights open = Weights.open(weights);
        Handmade model = Tilewright.load(Handmade.class, open, options())) {
      assertThat(model.words(IDS).toFloats()).isEqualTo(ordered(ROWS));
    }
    Files.setLastModifiedTime(weights, FileTime.fromMillis(written.toMillis() + 1000));
    assertThat(loaded(weights)).isEqualTo(ordered(OTHERS));
    assertThat(images()).hasSize(1);
  }

  @Test
  void knowsWeightFilesApart() throws IOException {
    Path first = write(ROWS);
    Path second = Files.createDirectory(folder.resolve("second")).resolve("model.safetensors");
    Files.write(second, safetensors(OTHERS));
    Files.setLastModifiedTime(second, Files.getLastModifiedTime(first));
    for (int round = 0; round < 2; round++) {
      assertThat(loaded(first)).isEqualTo(ordered(ROWS));
      assertThat(loaded(second.getParent())).isEqualTo(ordered(OTHERS));
    }
    assertThat(images()).hasSize(2);
  }

  /** Every byte of the header matters, and so does each one of the weights. */
  @Test
  void isWrittenAnewWhereItIsDamaged() throws IOException {
    Path weights = write(ROWS);
    assertThat(loaded(weights)).isEqualTo(ordered(ROWS));
    byte[] image = Files.readAllBytes(images().getFirst());
    int header = image.length - ImageHeader.ALIGNMENT;
    List<byte[]> damaged = new ArrayList<>();
    for (int at = 0; at < 64; at++) {
      damaged.add(changed(image, at));
    }
    damaged.add(changed(image, image.length - 128));
    damaged.add(changed(image, image.length - 64));
    for (int length : new int[] {0, 7, 19, 20, 21, 500, header, image.length - 1}) {
      damaged.add(Arrays.copyOf(image, Math.max(0, length)));
    }
    damaged.add(Arrays.copyOf(image, image.length + 1));
    damaged.add("another program's file".repeat(500).getBytes(StandardCharsets.UTF_8));
    for (byte[] content : damaged) {
      replace(content);
      assertThat(loaded(weights)).isEqualTo(ordered(ROWS));
      assertThat(Files.readAllBytes(images().getFirst())).isEqualTo(image);
    }
  }

  @Test
  void isForOneCompiledModelOnly() throws IOException {
    Path weights = write(ROWS);
    ModelSchema schema = schema("f32[3, 2]", "f32[1]");
    Key key = Key.of(Description.of(schema), false, weights.toAbsolutePath().toString());
    WeightCache cache = new WeightCache(folder.resolve("cache"), key);
    try (Arena arena = Arena.ofShared();
        Weights open = Weights.open(weights)) {
      WeightBlock block = WeightBlock.prepare(schema.weights(), open, false, arena, () -> {});
      cache.store(block, WeightOrigin.stamps(open));
    }
    assertThat(found(cache)).isPresent();
    for (Key other :
        List.of(
            Key.of(Description.of(schema("f32[3, 2]", "f32[2]")), false, key.path()),
            Key.of(Description.of(schema), true, key.path()))) {
      assertThat(other.name()).isEqualTo(key.name());
      assertThat(found(new WeightCache(cache.folder(), other))).isEmpty();
    }
  }

  @Test
  void hasTheSameBytes() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    float[] table = new float[300 * 1000];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) Math.sin(i);
    }
    Files.write(weights, safetensors(table, "[300,1000]"));
    ModelSchema schema = schema("f32[300, 1000]", "f32[1]");
    Key key = Key.of(Description.of(schema), false, weights.toAbsolutePath().toString());
    WeightCache cache = new WeightCache(folder.resolve("cache"), key);
    try (Arena arena = Arena.ofShared();
        Weights open = Weights.open(weights)) {
      WeightBlock block = WeightBlock.prepare(schema.weights(), open, true, arena, () -> {});
      cache.store(block, WeightOrigin.stamps(open));
      WeightBlock image = cache.find(List.of(), () -> {}).orElseThrow();
      assertThat(bytes(image.memory())).isEqualTo(bytes(block.memory()));
      assertThat(block.image()).isEmpty();
      assertThat(image.image()).contains(images().getFirst());
      assertThat(image.memory().byteSize()).isGreaterThan(1_200_000);
      assertThat(image.table().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(image.memory().address());
      image.arena().close();
    }
  }

  @Test
  void isNotNeeded() throws IOException {
    Path weights = write(ROWS);
    Path file = Files.createFile(folder.resolve("no folder"));
    List<LogRecord> logged = new ArrayList<>();
    try (Listener _ = new Listener(logged);
        Handmade model =
            Tilewright.load(
                Handmade.class, weights, LoadOptions.defaults().withWeightCache(file))) {
      assertThat(model.words(IDS).toFloats()).isEqualTo(ordered(ROWS));
    }
    assertThat(logged)
        .anySatisfy(
            record -> {
              assertThat(record.getLevel()).isEqualTo(Level.WARNING);
              assertThat(record.getMessage()).contains("weights are not kept in " + file);
            });
  }

  @Test
  void keepsNothingThatIsNoFileOrChangedMeanwhile() throws IOException {
    try (Handmade model = Tilewright.load(Handmade.class, HandmadeLibrary.weights(), options())) {
      assertThat(model.words(IDS).toFloats()).isEqualTo(ordered(ROWS));
    }
    Path file = write(ROWS);
    try (Weights open = Weights.open(file)) {
      Files.delete(file);
      write(OTHERS);
      Files.setLastModifiedTime(file, FileTime.fromMillis(1));
      try (Handmade model = Tilewright.load(Handmade.class, open, options())) {
        assertThat(model.words(IDS).toFloats()).isEqualTo(ordered(ROWS));
      }
    }
    assertThat(images()).isEmpty();
    assertThat(loaded(file)).isEqualTo(ordered(OTHERS));
  }

  @Test
  void servesManyAtOnce() throws Exception {
    Path weights = write(ROWS);
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> loads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int number = i;
        loads.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 20; round++) {
                    if (round % 6 == number) {
                      for (Path image : images()) {
                        Files.deleteIfExists(image);
                      }
                    }
                    assertThat(loaded(weights)).isEqualTo(ordered(ROWS));
                  }
                  return null;
                }));
      }
      for (Future<?> load : loads) {
        load.get();
      }
    }
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      assertThat(files).allMatch(file -> file.toString().endsWith(".packed"));
    }
  }

  /** Hears what the cache logs. */
  private static final class Listener extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(WeightCache.class.getName());
    private final List<LogRecord> records;

    Listener(List<LogRecord> records) {
      this.records = records;
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  private static byte[] changed(byte[] image, int at) {
    byte[] changed = image.clone();
    changed[at] ^= 4;
    return changed;
  }

  private void replace(byte[] content) throws IOException {
    Path image = images().getFirst();
    Files.delete(image);
    Files.write(image, content);
  }

  private static Optional<Boolean> found(WeightCache cache) {
    Optional<WeightBlock> block = cache.find(List.of(), () -> {});
    block.ifPresent(found -> found.arena().close());
    return block.map(_ -> true);
  }

  private static byte[] bytes(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  /** A schema of the table as it is and in panels, and of the factor. */
  private static ModelSchema schema(String table, String factor) {
    Part part = new Part("table", TensorType.parse(table), "Here.java:1");
    return new ModelSchema(
        "a.Model",
        new LibrarySchema("plain", Precision.FLOAT32, "linux-x86_64", "none", List.of(), 1, "0"),
        List.of(),
        List.of(
            new WeightRecipe(new Layout.Plain(), List.of(part)),
            new WeightRecipe(new Layout.Panels(16, false, DType.FLOAT32, 1), List.of(part)),
            new WeightRecipe(
                new Layout.Plain(),
                List.of(new Part("factor", TensorType.parse(factor), "Here.java:2")))));
  }

  private LoadOptions options() {
    return LoadOptions.defaults().withWorkers(1).withWeightCache(folder.resolve("cache"));
  }

  private float[] loaded(Path weights) {
    try (Handmade model = Tilewright.load(Handmade.class, weights, options())) {
      return model.words(IDS).toFloats();
    }
  }

  /** Rows 2, 0 and 1. */
  private static float[] ordered(float[] rows) {
    return new float[] {rows[4], rows[5], rows[0], rows[1], rows[2], rows[3]};
  }

  private List<Path> images() throws IOException {
    Path cache = folder.resolve("cache");
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(".packed")).toList();
    }
  }

  private Path write(float[] rows) throws IOException {
    return Files.write(folder.resolve("model.safetensors"), safetensors(rows, "[3,2]"));
  }

  private static byte[] safetensors(float[] rows) {
    return safetensors(rows, "[3,2]");
  }

  private static byte[] safetensors(float[] table, String shape) {
    long end = 4L * table.length;
    byte[] header =
        ("{\"table\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%d]},"
                + "\"factor\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}")
            .formatted(shape, end, end, end + 4)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + 4 * table.length + 4)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (float value : table) {
      file.putFloat(value);
    }
    return file.putFloat(2).array();
  }
}
