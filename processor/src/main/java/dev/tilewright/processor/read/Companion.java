package dev.tilewright.processor.read;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * The class beside a block that keeps its source file, so that models in other jars can read the
 * block's bodies.
 *
 * @param name the companion's qualified name
 * @param file the source file's name
 * @param source the source file's text
 * @param sha256 the digest of the text
 */
public record Companion(String name, String file, String source, String sha256) {
  public static final String SUFFIX = "_Source";
  public static final String FILE = "FILE";
  public static final String SHA256 = "SHA256";
  public static final String CHUNK = "SOURCE_";

  /** The companion's class name for a type, without the package: {@code Outer_Inner_Source}. */
  public static String simpleName(Elements elements, TypeElement type) {
    String packageName = elements.getPackageOf(type).getQualifiedName().toString();
    String qualified = type.getQualifiedName().toString();
    return (packageName.isEmpty() ? qualified : qualified.substring(packageName.length() + 1))
            .replace('.', '_')
        + SUFFIX;
  }

  /** The companion's qualified name for a type. */
  public static String qualifiedName(Elements elements, TypeElement type) {
    String packageName = elements.getPackageOf(type).getQualifiedName().toString();
    return (packageName.isEmpty() ? "" : packageName + ".") + simpleName(elements, type);
  }

  /** The companion of a type on the class path; null if there is none. */
  static Companion read(Elements elements, TypeElement type) {
    String name = qualifiedName(elements, type);
    TypeElement companion = elements.getTypeElement(name);
    if (companion == null) {
      return null;
    }
    StringBuilder source = new StringBuilder();
    String file = "";
    String sha256 = "";
    for (VariableElement field : ElementFilter.fieldsIn(companion.getEnclosedElements())) {
      String value = String.valueOf(field.getConstantValue());
      switch (field.getSimpleName().toString()) {
        case FILE -> file = value;
        case SHA256 -> sha256 = value;
        case String chunk when chunk.startsWith(CHUNK) -> source.append(value);
        default -> {}
      }
    }
    return new Companion(name, file, source.toString(), sha256);
  }

  /** The digest of a text, lower-case hexadecimal. */
  public static String digest(String text) {
    try {
      byte[] bytes =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether the text is the one that the digest was taken of. */
  boolean isIntact() {
    return digest(source).equals(sha256);
  }
}
