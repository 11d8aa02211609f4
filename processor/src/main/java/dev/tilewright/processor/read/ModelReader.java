package dev.tilewright.processor.read;

import dev.tilewright.Dim;
import dev.tilewright.Model;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Constants;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.model.Value;
import dev.tilewright.processor.validate.BlockConstants;
import dev.tilewright.processor.validate.EntryRules;
import dev.tilewright.processor.validate.MemberRules;
import dev.tilewright.processor.validate.ModelRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Reads one model: checks what it declares, evaluates its entries, and gives the program. */
public final class ModelReader {
  private final Context context;
  private final ModelRules modelRules;
  private final Inventory inventory;
  private final Outliner outliner;
  private final Bodies bodies;

  public ModelReader(Elements elements, Types types, Sources sources, Reporter reporter) {
    context = new Context(elements, types, sources, reporter);
    MemberRules rules = new MemberRules(sources, reporter);
    modelRules = new ModelRules(elements, types, sources, reporter, rules);
    Members members = new Members(context, rules);
    inventory = new Inventory(context, members, rules);
    outliner = new Outliner(context);
    Expressions expressions = new Expressions(context);
    Statements statements = new Statements(context, expressions);
    bodies = new Bodies(context, statements);
    Calls calls = new Calls(context, expressions, bodies, members, outliner);
    expressions.connect(calls, statements);
  }

  /** The model; null if it was refused, which the reporter then knows. */
  public ReadModel read(TypeElement model) {
    Reporter reporter = context.reporter();
    if (!modelRules.check(model)) {
      return null;
    }
    DeclaredType type = (DeclaredType) model.asType();
    inventory.add(type, "");
    List<ExecutableElement> entries = modelRules.entries(model);
    List<Program.EntryPoint> points = new ArrayList<>();
    // Entries come first, so that they keep their names.
    Map<ExecutableElement, String> functions = new HashMap<>();
    entries.forEach(
        entry -> functions.put(entry, outliner.fresh(entry.getSimpleName().toString())));
    try {
      for (ExecutableElement entry : entries) {
        String name = entry.getSimpleName().toString();
        Function function = entry(type, entry, functions.get(entry));
        if (function != null) {
          outliner.add(function);
          points.add(
              new Program.EntryPoint(
                  name, function.name(), EntryRules.ragged(entry, new BlockConstants(model))));
        }
      }
    } catch (Context.Exhausted _) {
      return null;
    }
    if (reporter.failed()) {
      return null;
    }
    Program program =
        new Program(model.getQualifiedName().toString(), outliner.functions(), points);
    new Usage(context, inventory, program).check(entries);
    if (reporter.failed()) {
      return null;
    }
    Map<String, String> sources = new LinkedHashMap<>();
    for (TypeElement block : inventory.blocks()) {
      Sources.TypeSource source = context.sources().type(block);
      if (source != null) {
        sources.putIfAbsent(source.unit().fileName(), source.unit().text());
      }
    }
    return new ReadModel(
        model,
        List.of(model.getAnnotation(Model.class).precisions()),
        program,
        entries,
        List.copyOf(inventory.blocks()),
        sources,
        context::place);
  }

  private Function entry(DeclaredType model, ExecutableElement entry, String name) {
    Sources.MethodSource source;
    try {
      source = bodies.source(entry);
    } catch (Fault fault) {
      context
          .reporter()
          .report(
              fault.diagnostic(), context.sources().place(model.asElement()), fault.arguments());
      return null;
    }
    GraphBuilder builder = new GraphBuilder(name);
    Constants constants = new BlockConstants((TypeElement) model.asElement());
    Frame frame = new Frame(builder, source.unit(), entry, new Value.Block(model, ""), null, null);
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < entry.getParameters().size(); i++) {
      VariableElement parameter = entry.getParameters().get(i);
      builder.at(source.unit().origin(source.tree().getParameters().get(i)));
      inputs.add(
          builder.input(parameter.getSimpleName().toString(), Members.type(parameter, constants)));
    }
    Object result;
    try {
      result = bodies.run(entry, source, inputs, frame);
    } catch (Fault fault) {
      result = context.report(frame, source.tree(), fault);
    } catch (Context.Exhausted exhausted) {
      throw exhausted.report(context, frame, source.tree());
    }
    Function function =
        switch (result) {
          case Tensor tensor ->
              check(constants, entry, tensor) ? builder.finish(List.of(tensor)) : null;
          case Value.Tuple tuple ->
              checkComponents(constants, tuple, frame, source) ? finish(builder, tuple) : null;
          case null -> {
            context.report(frame, source.tree(), Diagnostic.NULL_USED);
            yield null;
          }
          default -> null;
        };
    if (function != null) {
      context.requireKept(builder, function);
    }
    return function;
  }

  private static Function finish(GraphBuilder builder, Value.Tuple tuple) {
    return builder.finish(tuple.components().stream().map(Tensor.class::cast).toList());
  }

  private boolean checkComponents(
      Constants constants, Value.Tuple tuple, Frame frame, Sources.MethodSource source) {
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(tuple.type().getEnclosedElements());
    boolean fine = true;
    for (int i = 0; i < components.size(); i++) {
      if (tuple.components().get(i) instanceof Tensor tensor) {
        fine &= check(constants, components.get(i), tensor);
      } else {
        context.report(frame, source.tree(), Diagnostic.NULL_USED);
        fine = false;
      }
    }
    return fine;
  }

  /** Checks a result against what its method or record component declares. */
  private boolean check(Constants constants, Element declared, Tensor result) {
    boolean fine = true;
    if (declared.getAnnotation(Shape.class) != null) {
      List<Dim> expected = EntryRules.shape(declared, constants);
      if (!expected.equals(result.shape())) {
        context
            .reporter()
            .report(
                Diagnostic.RESULT_SHAPE,
                context.sources().place(declared, Shape.class, "value"),
                result.type().shapeText(),
                result.type().withShape(expected).shapeText());
        fine = false;
      }
    }
    if (ModelRules.declaresElementType(declared) && Members.dtype(declared) != result.dtype()) {
      String annotation =
          switch (result.dtype()) {
            case FLOAT32, BFLOAT16 -> "Float32";
            case INT32, INT8, UINT8 -> "Int32";
            case BOOL -> "Bool";
          };
      context
          .reporter()
          .report(
              Diagnostic.RESULT_ELEMENT_TYPE,
              context.sources().place(declared),
              result.dtype(),
              Members.dtype(declared),
              annotation);
      fine = false;
    }
    return fine;
  }
}
