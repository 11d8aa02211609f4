package dev.tilewright.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.tilewright.processor.model.CompanionSource;
import dev.tilewright.processor.read.Companion;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/**
 * The class that keeps a source file: its name, its digest, and its text in pieces that a class
 * file can hold.
 */
final class CompanionClass {
  /** A constant holds at most 65535 bytes, and a character takes at most three. */
  private static final int CHUNK = 16_000;

  private CompanionClass() {}

  static JavaFile of(CompanionSource companion) {
    TypeSpec.Builder type =
        TypeSpec.classBuilder(companion.simpleName())
            .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
            .addOriginatingElement(companion.type())
            .addAnnotation(NativeClass.generated())
            .addJavadoc(
                "The source of {@link $T}, for models in other jars that use its blocks.\n",
                ClassName.get(companion.type()))
            .addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build());
    type.addField(constant(Companion.FILE, CodeBlock.of("$S", companion.file())));
    type.addField(constant(Companion.SHA256, CodeBlock.of("$S", companion.sha256())));
    List<String> chunks = chunks(companion.text());
    for (int i = 0; i < chunks.size(); i++) {
      type.addField(constant(Companion.CHUNK + i, CodeBlock.of("$L", literal(chunks.get(i)))));
    }
    return JavaFile.builder(companion.packageName(), type.build())
        .skipJavaLangImports(true)
        .build();
  }

  private static FieldSpec constant(String name, CodeBlock value) {
    return FieldSpec.builder(String.class, name, Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
        .initializer(value)
        .build();
  }

  private static List<String> chunks(String text) {
    List<String> chunks = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + CHUNK);
      if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
        end--;
      }
      chunks.add(text.substring(at, end));
      at = end;
    }
    return chunks;
  }

  /** A string literal of ASCII alone, a line of source a line of text. */
  private static String literal(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append(i + 1 < text.length() ? "\\n\"\n+ \"" : "\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        default ->
            out.append(c >= ' ' && c < 127 ? String.valueOf(c) : "\\u%04x".formatted((int) c));
      }
    }
    return out.append('"').toString();
  }
}
