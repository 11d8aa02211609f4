package dev.tilewright.processor.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Precision;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.processor.tune.Measurer.MeasureException;
import dev.tilewright.runtime.NativeModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the process that measures says when it cannot. */
class ForkedMeasurerTest {
  private static final List<Case> CASES = List.of(new Case("run", Map.of()));

  @Test
  void saysIfThereIsNoJava() {
    ForkedMeasurer measurer = new ForkedMeasurer(Path.of("no/such/java"), List::of);
    assertThatThrownBy(() -> measure(measurer, List.of()))
        .isInstanceOf(MeasureException.class)
        .hasMessageContaining("the process that measures cannot run")
        .hasMessageContaining("java");
  }

  @Test
  void saysWhatTheProcessSaid() {
    assertThatThrownBy(() -> measure(new ForkedMeasurer(List::of), List.of()))
        .isInstanceOf(MeasureException.class)
        .hasMessageContaining("the process that measures ended with 1")
        .hasMessageContaining("SideBySide");
  }

  @Test
  void tellsOtherCpusFromFailures() {
    ForkedMeasurer measurer =
        new ForkedMeasurer(() -> List.of(place(NativeModel.class), place(Precision.class)));
    assertThatThrownBy(() -> measure(measurer, List.of("no-such-feature")))
        .isInstanceOfSatisfying(
            MeasureException.class, thrown -> assertThat(thrown.isNotHere()).isTrue())
        .hasMessageContaining("this CPU lacks no-such-feature");
    assertThatThrownBy(() -> measure(measurer, List.of()))
        .isInstanceOfSatisfying(
            MeasureException.class, thrown -> assertThat(thrown.isNotHere()).isFalse())
        .hasMessageContaining("SHA-256");
  }

  @Test
  void findsTheRuntimeInJarsAndFolders() {
    String name = "a.b.C";
    assertThat(RuntimePath.root(URI.create("jar:file:///x/y%20z.jar!/a/b/C.class"), name))
        .isEqualTo(Path.of("/x/y z.jar"));
    assertThat(RuntimePath.root(URI.create("file:///x/classes/a/b/C.class"), name))
        .isEqualTo(Path.of("/x/classes"));
    assertThatThrownBy(() -> RuntimePath.root(URI.create("memory:///a/b/D.class"), name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Measurer.Burst> measure(Measurer measurer, List<String> features) {
    LibrarySchema library =
        new LibrarySchema("any", Precision.FLOAT32, "linux-x86_64", "r", features, 1, "");
    ModelSchema schema = new ModelSchema("M", library, List.of(), List.of());
    Variant variant = new Variant(new CompiledTarget(schema, new byte[] {1}), List.of());
    return measurer.measure(variant, variant, CASES, 0.1);
  }
}
