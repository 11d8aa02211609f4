package dev.tilewright.processor.read;

import dev.tilewright.op.Layer;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.validate.MemberRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;

/**
 * Walks all that a model declares, used or not: checks each member, and knows the full name of each
 * weight.
 */
final class Inventory {
  /** More weights than any model has; a count of millions is a mistake in {@code @Repeat}. */
  private static final int MAX_WEIGHTS = 1_000_000;

  private final Context context;
  private final Members members;
  private final MemberRules rules;
  private final Map<String, ExecutableElement> weights = new LinkedHashMap<>();
  private final Map<String, ExecutableElement> states = new LinkedHashMap<>();
  private final Set<String> checked = new HashSet<>();
  private final List<TypeElement> around = new ArrayList<>();

  Inventory(Context context, Members members, MemberRules rules) {
    this.context = context;
    this.members = members;
    this.rules = rules;
  }

  /** The weights' full names, and what declares them. */
  Map<String, ExecutableElement> weights() {
    return weights;
  }

  /** The states' full names, and what declares them. */
  Map<String, ExecutableElement> states() {
    return states;
  }

  /** The blocks that the model is made of, itself first. */
  Set<TypeElement> blocks() {
    return blocks;
  }

  private final Set<TypeElement> blocks = new java.util.LinkedHashSet<>();

  /** Adds a model or block under a prefix. */
  void add(DeclaredType type, String prefix) {
    TypeElement block = (TypeElement) type.asElement();
    around.add(block);
    blocks.add(block);
    for (ExecutableElement method :
        ElementFilter.methodsIn(context.elements().getAllMembers(block))) {
      if (belongs(method) && !isOverridden(method, block)) {
        add(type, method, prefix);
      }
    }
    around.removeLast();
  }

  private void add(DeclaredType type, ExecutableElement method, String prefix) {
    boolean inModel = around.size() == 1;
    if (!method.getModifiers().contains(Modifier.ABSTRACT)) {
      if (checked.add(method.getEnclosingElement() + "." + method)) {
        rules.checkBody(method, inModel);
      }
      return;
    }
    switch (members.of(type, method)) {
      case Member.Broken _ -> {}
      case Member.LayerMember(Layer.State state, _) -> states.put(prefix + state.name(), method);
      case Member.LayerMember(Layer layer, _) ->
          names(layer).forEach(name -> declare(prefix + name, method));
      case Member.PartMember part -> part(method, part, prefix);
    }
  }

  private void part(ExecutableElement method, Member.PartMember part, String prefix) {
    TypeElement block = (TypeElement) part.type().asElement();
    if (around.contains(block)) {
      List<String> circle =
          around.subList(around.indexOf(block), around.size()).stream()
              .map(type -> type.getSimpleName().toString())
              .toList();
      context
          .reporter()
          .report(
              Diagnostic.BLOCK_IN_ITSELF,
              context.sources().place(method),
              block.getSimpleName(),
              String.join(" - ", circle) + " - " + block.getSimpleName());
      return;
    }
    for (int i = 0; i < Math.max(1, part.count()) && weights.size() < MAX_WEIGHTS; i++) {
      add(part.type(), prefix + part.prefix(i));
    }
  }

  private void declare(String name, ExecutableElement method) {
    ExecutableElement first = weights.putIfAbsent(name, method);
    if (first != null) {
      Place place = context.sources().place(method, dev.tilewright.Weights.class, null);
      Reporter reporter = context.reporter();
      reporter.report(
          Diagnostic.WEIGHT_TWICE, place, name, context.sources().place(first).origin());
    }
  }

  private static List<String> names(Layer layer) {
    return switch (layer) {
      case Layer.Linear linear ->
          linear.bias()
              ? List.of(linear.name() + ".weight", linear.name() + ".bias")
              : List.of(linear.name() + ".weight");
      case Layer.Embedding embedding -> List.of(embedding.name() + ".weight");
      case Layer.LayerNorm norm -> List.of(norm.name() + ".weight", norm.name() + ".bias");
      case Layer.RmsNorm norm -> List.of(norm.name() + ".weight");
      case Layer.Parameter parameter -> List.of(parameter.name());
      case Layer.State _, Layer.Positions _ -> List.of();
    };
  }

  /** Whether the method is one of a declaration, not one that every model or object has. */
  private boolean belongs(ExecutableElement method) {
    TypeElement declaring = (TypeElement) method.getEnclosingElement();
    return context.library().find(declaring) == null
        && !declaring.getQualifiedName().toString().startsWith("java.")
        && !method.getModifiers().contains(Modifier.STATIC);
  }

  private boolean isOverridden(ExecutableElement method, TypeElement block) {
    return ElementFilter.methodsIn(context.elements().getAllMembers(block)).stream()
        .anyMatch(
            other -> !other.equals(method) && context.elements().overrides(other, method, block));
  }
}
