package dev.tilewright.runtime.bind;

import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.Site;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.SchemaText;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes what the compiler would have written for {@link Handmade}. */
final class HandmadeLibrary {
  static final String PLAIN = "META-INF/tilewright/linux-x86_64/Handmade-plain.so";
  static final Map<String, WeightTensor> WEIGHTS =
      Map.of(
          "table", WeightTensor.of("table", new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
          "factor", WeightTensor.of("factor", new float[] {2}, 1));

  private static final String SOURCE =
      """
      #include <stdint.h>

      static void barrier(int64_t *frame, int64_t workers) {
        int64_t *arrived = (int64_t *)frame[3];
        int64_t *round = arrived + 8;
        int64_t now = __atomic_load_n(round, __ATOMIC_ACQUIRE);
        if (__atomic_add_fetch(arrived, 1, __ATOMIC_ACQ_REL) == workers) {
          __atomic_store_n(arrived, 0, __ATOMIC_RELAXED);
          __atomic_store_n(round, now + 1, __ATOMIC_RELEASE);
        }
        while (__atomic_load_n(round, __ATOMIC_ACQUIRE) == now) {
          if (frame[6]) ((int (*)(void))frame[6])();
        }
      }

      // Through the arena, so that its size matters.
      void words(int64_t *frame, int64_t worker, int64_t workers) {
        int64_t count = frame[8] * frame[9];
        const int32_t *ids = (const int32_t *)frame[10];
        float *out = (float *)frame[11];
        int32_t *copy = (int32_t *)frame[0];
        const float *table = (const float *)((const int64_t *)frame[5])[0];
        for (int64_t i = worker; i < count; i += workers) copy[i] = ids[i];
        barrier(frame, workers);
        for (int64_t i = count - 1 - worker; i >= 0; i -= workers) {
          if (copy[i] < 0 || copy[i] >= 3) {
            int64_t *fault = (int64_t *)frame[4];
            fault[1] = copy[i];
            fault[0] = 1;
          } else {
            out[2 * i] = table[2 * copy[i]];
            out[2 * i + 1] = table[2 * copy[i] + 1];
          }
        }
      }

      void twice(int64_t *frame, int64_t worker, int64_t workers) {
        const float *x = (const float *)frame[9];
        const float *same = (const float *)frame[10];
        float *out = (float *)frame[11];
        int32_t *sum = (int32_t *)frame[12];
        for (int64_t i = worker; i < frame[8]; i += workers) out[i] = x[i] + same[i];
        *(int32_t *)(frame[1] + worker * frame[2]) = (int32_t)worker + 1;
        barrier(frame, workers);
        if (worker == 0) {
          *sum = 0;
          for (int64_t i = 0; i < workers; i++) *sum += *(int32_t *)(frame[1] + i * frame[2]);
        }
      }

      uint64_t tw_cpu(void) { return 0; }

      void spin(int64_t *frame, int64_t worker, int64_t workers) {
        int32_t turns = *(const int32_t *)frame[8];
        for (volatile int32_t i = 0; i < turns; i++) {}
        if (worker == 0) *(int32_t *)frame[9] = turns;
      }
      """;

  private HandmadeLibrary() {}

  /** Compiles the library and writes it with its schemas where the class loader finds them. */
  static void write() {
    TargetMachine machine = TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64");
    byte[] library =
        Toolchain.open()
            .compile(
                LibraryRequest.of(
                    machine,
                    List.of("words", "twice", "spin", "tw_cpu"),
                    new Source.C("handmade.c", SOURCE)))
            .bytes();
    try {
      Path folder = folder();
      Files.createDirectories(folder.resolve("META-INF/tilewright/linux-x86_64"));
      Files.write(folder.resolve(PLAIN), library);
      String digest = LibraryImage.sha256(library);
      writeSchema("plain", List.of(), 1, digest);
      writeSchema("best", List.of("a-feature-of-tomorrow"), 2, digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder() {
    try {
      return Path.of(Handmade.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Weights weights() {
    return Weights.of(WEIGHTS);
  }

  private static void writeSchema(String target, List<String> features, int rank, String digest)
      throws IOException {
    ModelSchema schema =
        new ModelSchema(
            Handmade.class.getName(),
            new LibrarySchema(
                target, Precision.FLOAT32, "linux-x86_64", PLAIN, features, rank, digest),
            List.of(
                new EntrySchema(
                    "words",
                    "words",
                    List.of("B", "S"),
                    List.of(new Parameter("ids", TensorType.parse("i32[B, S]"))),
                    List.of(TensorType.parse("f32[B, S, 2]")),
                    Dim.parse("4*B*S"),
                    Dim.ZERO,
                    List.of(new Limit(Dim.symbol("S"), Dim.of(512), "Handmade.java:20")),
                    List.of(new Site(Dim.of(3), "Handmade.java:20 words")),
                    List.of()),
                new EntrySchema(
                    "twice",
                    "twice",
                    List.of("N"),
                    List.of(
                        new Parameter("x", TensorType.parse("f32[N]")),
                        new Parameter("same", TensorType.parse("f32[N]"))),
                    List.of(TensorType.parse("f32[N]"), TensorType.parse("i32[]")),
                    Dim.ZERO,
                    Dim.of(4),
                    List.of(),
                    List.of(),
                    List.of()),
                new EntrySchema(
                    "spin",
                    "spin",
                    List.of(),
                    List.of(new Parameter("turns", TensorType.parse("i32[]"))),
                    List.of(TensorType.parse("i32[]")),
                    Dim.ZERO,
                    Dim.ZERO,
                    List.of(),
                    List.of(),
                    List.of())),
            List.of(
                new WeightRecipe(
                    new Layout.Plain(),
                    List.of(new Part("table", TensorType.parse("f32[3, 2]"), "Handmade.java:20"))),
                new WeightRecipe(
                    new Layout.Plain(),
                    List.of(new Part("factor", TensorType.parse("f32[1]"), "Handmade.java:30")))));
    Files.writeString(
        folder().resolve("META-INF/tilewright/linux-x86_64/Handmade-" + target + ".tw"),
        SchemaText.print(schema));
  }
}
