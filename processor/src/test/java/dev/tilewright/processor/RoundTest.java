package dev.tilewright.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;

/** Models that name types which another processor generates in the same compilation. */
class RoundTest {
  private static final String GENERATED =
      """
      import dev.tilewright.*;
      public final class Config {
        public static final int WIDTH = 4;
        public static Tensor scaled(Tensor x) { return x.times(WIDTH); }
      }
      """;

  /** Generates Config in the first round. */
  private static final class Generator extends AbstractProcessor {
    private boolean done;

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (!done) {
        done = true;
        try (Writer out = processingEnv.getFiler().createSourceFile("Config").openWriter()) {
          out.write(GENERATED);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return false;
    }
  }

  @Test
  void waitsForTypesInBodies() {
    Compilation compilation = compile("@Linear(out = 4) Tensor up(Tensor x);");
    assertThat(compilation).succeeded();
    assertThat(compilation).generatedSourceFile("M_Native");
  }

  @Test
  void waitsForConstantsInAnnotations() {
    Compilation compilation = compile("@Linear(out = Config.WIDTH) Tensor up(Tensor x);");
    assertThat(compilation).succeeded();
    assertThat(compilation).generatedSourceFile("M_Native");
  }

  private static Compilation compile(String layer) {
    return javac()
        .withProcessors(
            new TilewrightProcessor(
                () -> List.of(new FakeTarget("fake")), (_, _, _) -> new byte[0]),
            new Generator())
        .compile(
            JavaFileObjects.forSourceString(
                "M",
                """
                import dev.tilewright.*;
                @Model public interface M extends CompiledModel {
                  %s
                  @Entry default Tensor f(@Shape({"B", "4"}) Tensor x) {
                    return Config.scaled(up(x)).plus(Config.WIDTH);
                  }
                }
                """
                    .formatted(layer)));
  }
}
