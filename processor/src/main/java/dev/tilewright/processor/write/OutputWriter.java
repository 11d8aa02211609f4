package dev.tilewright.processor.write;

import com.palantir.javapoet.JavaFile;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.CompanionSource;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.read.Companion;
import dev.tilewright.schema.SchemaText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import javax.tools.StandardLocation;

/**
 * Writes through the compiler's filer; each file has one originating element, so that builds can be
 * incremental.
 */
public final class OutputWriter {
  private final Filer filer;
  private final Elements elements;
  private final Types types;
  private final Set<String> companions = new HashSet<>();

  public OutputWriter(Filer filer, Elements elements, Types types) {
    this.filer = filer;
    this.elements = elements;
    this.types = types;
  }

  /** Writes a companion, once. */
  public void companion(CompanionSource companion, Reporter reporter) {
    if (companions.add(Companion.qualifiedName(elements, companion.type()))) {
      source(CompanionClass.of(companion), companion.type(), reporter);
    }
  }

  /** Writes the libraries of a model, their descriptions, and the class that binds them. */
  public void model(ReadModel model, List<CompiledTarget> compiled, Reporter reporter) {
    if (elements.getTypeElement(NativeClass.NATIVE_MODEL.canonicalName()) == null) {
      reporter.report(Diagnostic.NO_RUNTIME, here(model.type()));
      return;
    }
    for (CompiledTarget target : compiled) {
      resource(target.schema().library().resource(), target.library(), model.type(), reporter);
      byte[] schema = SchemaText.print(target.schema()).getBytes(StandardCharsets.UTF_8);
      resource(target.schemaResource(), schema, model.type(), reporter);
    }
    source(
        new NativeClass(elements, types, this::hasCompanion).of(model, compiled),
        model.type(),
        reporter);
  }

  /** Whether the class is written in this compilation or was in another. */
  private boolean hasCompanion(String name) {
    return companions.contains(name) || elements.getTypeElement(name) != null;
  }

  private void source(JavaFile file, TypeElement origin, Reporter reporter) {
    try {
      file.writeTo(filer);
    } catch (IOException e) {
      reporter.report(Diagnostic.FILE, here(origin), file.typeSpec().name(), e.getMessage());
    }
  }

  private void resource(String name, byte[] bytes, TypeElement origin, Reporter reporter) {
    try (OutputStream out =
        filer.createResource(StandardLocation.CLASS_OUTPUT, "", name, origin).openOutputStream()) {
      out.write(bytes);
    } catch (IOException e) {
      reporter.report(Diagnostic.FILE, here(origin), name, e.getMessage());
    }
  }

  private static Place here(TypeElement origin) {
    return new Place(Place.NONE.origin(), null, null, origin);
  }
}
