package dev.tilewright.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.read.Companion;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * The class that binds a model: {@code MiniLm_Native extends NativeModel implements MiniLm}, whose
 * entries run the native functions.
 */
final class NativeClass {
  static final ClassName NATIVE_MODEL = ClassName.get("dev.tilewright.runtime", "NativeModel");
  private static final String SUFFIX = "_Native";

  private final Elements elements;
  private final Types types;
  private final Predicate<String> exists;

  /**
   * @param exists whether the companion of that qualified name exists
   */
  NativeClass(Elements elements, Types types, Predicate<String> exists) {
    this.elements = elements;
    this.types = types;
    this.exists = exists;
  }

  static AnnotationSpec generated() {
    return AnnotationSpec.builder(ClassName.get("javax.annotation.processing", "Generated"))
        .addMember("value", "$S", "dev.tilewright.processor.TilewrightProcessor")
        .build();
  }

  JavaFile of(ReadModel model, List<CompiledTarget> compiled) {
    TypeElement type = model.type();
    ClassName name = name(type);
    TypeSpec.Builder generated =
        TypeSpec.classBuilder(name)
            .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
            .addOriginatingElement(type)
            .addAnnotation(generated())
            .superclass(NATIVE_MODEL)
            .addSuperinterface(TypeName.get(type.asType()))
            .addJavadoc(
                "{@link $T}, compiled. Made by {@code Tilewright.load}.\n", ClassName.get(type))
            .addField(schemas(compiled))
            .addField(sources(model))
            .addMethod(
                MethodSpec.constructorBuilder()
                    .addModifiers(Modifier.PUBLIC)
                    .addParameter(NATIVE_MODEL.nestedClass("Binding"), "binding")
                    .addStatement("super(binding)")
                    .build());
    for (int i = 0; i < model.entries().size(); i++) {
      generated.addMethod(entry(model, i));
    }
    for (ExecutableElement member : members(type)) {
      generated.addMethod(member(type, member));
    }
    for (int i = 0; i < model.entries().size() && !compiled.isEmpty(); i++) {
      String entry = model.entries().get(i).getSimpleName().toString();
      generated.addMethod(
          bytes(
              entry,
              "PeakBytes",
              compiled,
              i,
              schema -> schema.arenaBytes().plus(schema.scratchBytes())));
      generated.addMethod(bytes(entry, "ScratchBytes", compiled, i, EntrySchema::scratchBytes));
    }
    return JavaFile.builder(name.packageName(), generated.build())
        .skipJavaLangImports(true)
        .indent("  ")
        .build();
  }

  /**
   * {@code a.b.Outer.Inner} is bound by {@code a.b.Outer_Inner_Native}, which is the name that the
   * runtime looks for.
   */
  private ClassName name(TypeElement type) {
    String packageName = elements.getPackageOf(type).getQualifiedName().toString();
    String binary = elements.getBinaryName(type).toString();
    String simple = packageName.isEmpty() ? binary : binary.substring(packageName.length() + 1);
    return ClassName.get(packageName, simple.replace('$', '_') + SUFFIX);
  }

  private static FieldSpec schemas(List<CompiledTarget> compiled) {
    CodeBlock resources =
        compiled.stream()
            .map(target -> CodeBlock.of("$S", target.schemaResource()))
            .collect(CodeBlock.joining(", "));
    return FieldSpec.builder(
            ParameterizedTypeName.get(List.class, String.class),
            "SCHEMAS",
            Modifier.PUBLIC,
            Modifier.STATIC,
            Modifier.FINAL)
        .addJavadoc("The resources that describe the libraries.\n")
        .initializer("$T.of($L)", List.class, resources)
        .build();
  }

  /**
   * Ties the class to the text of the blocks, so that build tools compile the model again when only
   * a body changes.
   */
  private FieldSpec sources(ReadModel model) {
    Set<String> companions = new LinkedHashSet<>();
    for (TypeElement block : model.blocks()) {
      String companion = Companion.qualifiedName(elements, outermost(block));
      // A block of layers alone needs no bodies, so its jar may lack a companion.
      if (block.getAnnotation(Block.class) != null && exists.test(companion)) {
        companions.add(companion);
      }
    }
    CodeBlock digests =
        companions.stream()
            .map(
                companion ->
                    CodeBlock.of("$T.$L", ClassName.bestGuess(companion), Companion.SHA256))
            .collect(CodeBlock.joining("\n+ "));
    return FieldSpec.builder(
            String.class, "SOURCES", Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
        .addJavadoc("The digests of the sources of the model's blocks.\n")
        .initializer(companions.isEmpty() ? CodeBlock.of("$S", "") : digests)
        .build();
  }

  private static TypeElement outermost(TypeElement type) {
    TypeElement top = type;
    while (top.getEnclosingElement() instanceof TypeElement outer) {
      top = outer;
    }
    return top;
  }

  private MethodSpec entry(ReadModel model, int index) {
    ExecutableElement entry = model.entries().get(index);
    MethodSpec.Builder method =
        MethodSpec.overriding(entry, (DeclaredType) model.type().asType(), types);
    String arguments = freshName(entry, "arguments");
    method.addStatement("$T[] $L = arguments($L)", Tensor.class, arguments, index);
    for (int i = 0; i < entry.getParameters().size(); i++) {
      String parameter = entry.getParameters().get(i).getSimpleName().toString();
      method.addStatement("$L[$L] = $N", arguments, i, parameter);
    }
    TypeElement result = (TypeElement) types.asElement(entry.getReturnType());
    if (result.getQualifiedName().contentEquals(Tensor.class.getCanonicalName())) {
      return method.addStatement("return run($L, $L)[0]", index, arguments).build();
    }
    List<CodeBlock> components = new ArrayList<>();
    int count = ElementFilter.recordComponentsIn(result.getEnclosedElements()).size();
    String results = freshName(entry, "results");
    for (int i = 0; i < count; i++) {
      components.add(CodeBlock.of("$L[$L]", results, i));
    }
    return method
        .addStatement(
            "return run($L, $L, $L -> new $T($L))",
            index,
            arguments,
            results,
            TypeName.get(entry.getReturnType()),
            CodeBlock.join(components, ", "))
        .build();
  }

  /** A local variable's name that no parameter has. */
  private static String freshName(ExecutableElement entry, String wish) {
    String name = wish;
    while (hasParameter(entry, name)) {
      name += "_";
    }
    return name;
  }

  private static boolean hasParameter(ExecutableElement entry, String name) {
    return entry.getParameters().stream()
        .anyMatch(parameter -> parameter.getSimpleName().contentEquals(name));
  }

  /** Layers and blocks, which have no meaning outside of the model. */
  private List<ExecutableElement> members(TypeElement model) {
    TypeElement base = elements.getTypeElement(CompiledModel.class.getCanonicalName());
    List<ExecutableElement> all = ElementFilter.methodsIn(elements.getAllMembers(model));
    return all.stream()
        .filter(method -> method.getModifiers().contains(Modifier.ABSTRACT))
        .filter(
            method ->
                !types.isSubtype(
                    base.asType(), types.erasure(method.getEnclosingElement().asType())))
        .filter(
            method ->
                all.stream()
                    .noneMatch(
                        other -> !other.equals(method) && elements.overrides(other, method, model)))
        .toList();
  }

  private MethodSpec member(TypeElement model, ExecutableElement member) {
    return MethodSpec.overriding(member, (DeclaredType) model.asType(), types)
        .addStatement(
            "throw new $T($S)",
            UnsupportedOperationException.class,
            member.getSimpleName()
                + " is a part of "
                + model.getSimpleName()
                + ": call one of its entries")
        .build();
  }

  /**
   * A method that gives planned memory under the values of the symbols, the greatest over all
   * libraries.
   */
  private static MethodSpec bytes(
      String entry,
      String suffix,
      List<CompiledTarget> compiled,
      int index,
      Function<EntrySchema, Dim> amount) {
    List<String> symbols = compiled.getFirst().schema().entries().get(index).symbols();
    MethodSpec.Builder method =
        MethodSpec.methodBuilder(entry + suffix)
            .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
            .returns(long.class)
            .addJavadoc(
                suffix.startsWith("Peak")
                    ? "The bytes that a call of {@code $L} takes with one worker, besides weights,"
                        + " arguments and results.\n"
                    : "The bytes that each further worker takes in a call of {@code $L}.\n",
                entry);
    symbols.forEach(
        symbol -> method.addParameter(ParameterSpec.builder(long.class, symbol).build()));
    List<CodeBlock> pairs =
        symbols.stream().map(symbol -> CodeBlock.of("$S, $L", symbol, symbol)).toList();
    method.addStatement(
        "$T<$T> extents = $T.<$T, $T>ofEntries($L)::get",
        ToLongFunction.class,
        String.class,
        Map.class,
        String.class,
        Long.class,
        pairs.stream()
            .map(pair -> CodeBlock.of("$T.entry($L)", Map.class, pair))
            .collect(CodeBlock.joining(", ")));
    CodeBlock greatest = null;
    for (String text : amounts(compiled, index, amount)) {
      CodeBlock bytes = CodeBlock.of("$T.parse($S).evaluate(extents)", Dim.class, text);
      greatest =
          greatest == null ? bytes : CodeBlock.of("$T.max($L, $L)", Math.class, greatest, bytes);
    }
    return method.addStatement("return $L", greatest).build();
  }

  private static Set<String> amounts(
      List<CompiledTarget> compiled, int index, Function<EntrySchema, Dim> amount) {
    Set<String> texts = new LinkedHashSet<>();
    compiled.forEach(
        target -> texts.add(amount.apply(target.schema().entries().get(index)).toString()));
    return texts;
  }
}
