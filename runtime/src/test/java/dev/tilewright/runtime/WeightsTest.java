package dev.tilewright.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
  private static final float[] VALUES = {1, 2, 3};

  @TempDir private Path folder;

  @Test
  void opensAMap() {
    var weights = Weights.of(Map.of("a", WeightTensor.of("other", VALUES, 3)));
    assertThat(weights.names()).containsExactly("a");
    assertThat(weights.find("a").orElseThrow().name()).isEqualTo("a");
    weights.close();
    assertThatThrownBy(() -> weights.find("a")).isInstanceOf(ClosedWeightsException.class);
  }

  @Test
  void opensFoldersUrlsAndStreams() throws IOException {
    var file = Files.write(folder.resolve("model.safetensors"), safetensors("a"));
    var jar = folder.resolve("weights.jar");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("any name"));
      zip.write(safetensors("a"));
    }
    var resource = URI.create("jar:" + jar.toUri() + "!/any%20name").toURL();
    for (Callable<Weights> opening :
        List.<Callable<Weights>>of(
            () -> Weights.open(file),
            () -> Weights.open(folder),
            () -> Weights.open(file.toUri().toURL()),
            () -> Weights.open(resource),
            () -> Weights.open(new ByteArrayInputStream(safetensors("a"))))) {
      try (var weights = opening.call()) {
        assertThat(weights.find("a").orElseThrow().toFloats()).isEqualTo(VALUES);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void readsStreamsOfAnyLength() {
    var file = bytes(5_000_000);
    file[file.length - 1] = 9;
    try (var weights = Weights.open(new ByteArrayInputStream(file))) {
      assertThat(weights.find("a").orElseThrow().toFloats()).hasSize(5_000_000).endsWith(9f);
    }
  }

  @Test
  void opensShards() throws IOException {
    Files.write(folder.resolve("part-1"), safetensors("a"));
    Files.write(folder.resolve("part-2"), safetensors("b"));
    var index =
        Files.writeString(
            folder.resolve("model.safetensors.index.json"),
            "{\"metadata\":{\"total_size\":24,\"x\":[1,{}]},\"weight_map\":{\"a\":\"part-1\",\"b\":\"part-2\"}}");
    for (var path : List.of(folder, index)) {
      try (var weights = Weights.open(path)) {
        assertThat(weights.names()).containsExactly("a", "b");
        assertThat(weights.find("b").orElseThrow().toFloats()).isEqualTo(VALUES);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"weight_map":{"a":"../part"}}  | outside of its folder
          {"weight_map":{"a":"missing"}}  | does not exist
          {"weight_map":{"z":"part"}}     | that file does not have it
          {"weight_map":{"a":"index"}}    | is no safetensors file
          {"weight_map":{}}               | weight_map from tensor names to files expected
          {"weight_map":3}                | an object expected
          {"weight_map":                  | not valid JSON
          """)
  void refusesBadIndices(String json, String problem) throws IOException {
    Files.write(folder.resolve("part"), safetensors("a"));
    var index = Files.writeString(folder.resolve("index"), json);
    assertThatThrownBy(() -> Weights.open(index))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "GGUF1234567, GGUF",
    "version https://git-lfs.github.com/spec/v1, git lfs pull",
    "<!DOCTYPE html>, download it again",
    "some plain text, neither a safetensors file",
  })
  void namesForeignFormats(String content, String problem) {
    assertThatThrownBy(() -> Weights.open(new ByteArrayInputStream(content.getBytes(UTF_8))))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void namesMissingFiles() {
    assertThatThrownBy(() -> Weights.open(folder.resolve("none")))
        .isInstanceOf(UnreadableWeightsException.class)
        .hasMessageContaining("none does not exist");
    assertThatThrownBy(() -> Weights.open(folder))
        .isInstanceOf(UnreadableWeightsException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void refusesAccessAfterClosing() {
    var weights = Weights.open(new ByteArrayInputStream(safetensors("a")));
    var tensor = weights.find("a").orElseThrow();
    weights.close();
    weights.close();
    assertThatThrownBy(weights::names).isInstanceOf(ClosedWeightsException.class);
    assertThatThrownBy(() -> weights.find("a")).isInstanceOf(ClosedWeightsException.class);
    assertThatThrownBy(tensor::toFloats).isInstanceOf(ClosedWeightsException.class);
  }

  @Test
  void closesWhileOthersReadAndClose() throws Exception {
    try (var threads = Executors.newFixedThreadPool(3)) {
      for (int round = 0; round < 100; round++) {
        var weights = Weights.open(new ByteArrayInputStream(safetensors("a")));
        var reading =
            threads.submit(
                () -> {
                  try {
                    while (true) {
                      assertThat(weights.find("a").orElseThrow().toFloats()).isEqualTo(VALUES);
                    }
                  } catch (ClosedWeightsException e) {
                    return e;
                  }
                });
        var closing = threads.submit(weights::close);
        weights.close();
        closing.get();
        assertThat(reading.get()).isNotNull();
      }
    }
  }

  @Test
  void refusesToCloseWhileNativeCodeReads() throws Exception {
    var weights = Weights.open(new ByteArrayInputStream(bytes(5_000_000)));
    var pipe = Pipe.open();
    try (var threads = Executors.newFixedThreadPool(1);
        var source = pipe.source();
        var sink = pipe.sink()) {
      // The pipe is full long before all is written, so the write lasts until somebody reads.
      var data = weights.find("a").orElseThrow().data().asByteBuffer();
      var writing = threads.submit(() -> sink.write(data));
      var received = ByteBuffer.allocate(5_000_000);
      source.read(received.limit(1));
      assertThatThrownBy(weights::close).isInstanceOf(WeightsInUseException.class);
      assertThat(weights.names()).containsExactly("a");
      received.limit(5_000_000);
      while (received.hasRemaining()) {
        source.read(received);
      }
      writing.get();
    }
    weights.close();
    assertThatThrownBy(weights::names).isInstanceOf(ClosedWeightsException.class);
  }

  @Test
  void leavesNothingMapped() throws IOException {
    var maps = Path.of("/proc/self/maps");
    assumeThat(maps).exists();
    var file = Files.write(folder.resolve("weights-of-this-test"), safetensors("a"));
    var corrupt = Files.write(folder.resolve("corrupt-of-this-test"), new byte[100]);
    for (int round = 0; round < 2_000; round++) {
      Weights.open(file).close();
      if (round % 10 == 0) {
        assertThatThrownBy(() -> Weights.open(corrupt)).isInstanceOf(CorruptWeightsException.class);
      }
    }
    assertThat(Files.readAllLines(maps)).noneMatch(line -> line.endsWith("-of-this-test"));
  }

  @Test
  void survivesAFileThatShrinks() throws IOException {
    assumeThat(Path.of("/proc/self/maps")).exists();
    var file = Files.write(folder.resolve("shrinking"), bytes(1_000_000));
    try (var weights = Weights.open(file)) {
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      assertThatThrownBy(() -> weights.find("a").orElseThrow().toFloats())
          .isInstanceOf(UnreadableWeightsException.class)
          .hasMessageContaining("changed while it was open");
    }
  }

  /** A tensor "a" of so many bytes. */
  private static byte[] bytes(int size) {
    var header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]}}"
            .formatted(size)
            .getBytes(UTF_8);
    var file = ByteBuffer.allocate(8 + header.length + size).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(header.length).put(header).array();
  }

  private static byte[] safetensors(String name) {
    var header =
        "{\"%s\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}"
            .formatted(name)
            .getBytes(UTF_8);
    var file = ByteBuffer.allocate(8 + header.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (float value : VALUES) {
      file.putFloat(value);
    }
    return file.array();
  }
}
