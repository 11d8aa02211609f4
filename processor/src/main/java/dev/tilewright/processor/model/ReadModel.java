package dev.tilewright.processor.model;

import dev.tilewright.Precision;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.processor.diagnose.Place;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/**
 * A model that was read.
 *
 * @param type its interface
 * @param precisions what it is compiled in, the default first
 * @param program what its entries compute
 * @param entries the entries' methods, in the order of the program's
 * @param blocks the interfaces that it is made of, itself first
 * @param sources the texts of the files it is declared in, by the files' names
 * @param places where the compiler can point to for a node's origin
 */
public record ReadModel(
    TypeElement type,
    List<Precision> precisions,
    Program program,
    List<ExecutableElement> entries,
    List<TypeElement> blocks,
    Map<String, String> sources,
    Function<Origin, Place> places) {
  public ReadModel {
    precisions = List.copyOf(precisions);
    entries = List.copyOf(entries);
    blocks = List.copyOf(blocks);
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }
}
