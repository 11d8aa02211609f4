package dev.tilewright.text;

import com.hubspot.jinjava.objects.collections.PyList;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;

/** Python's methods of strings, which templates call, in place of Java's of the same names. */
final class PythonStrings extends ELResolver {
  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] parameters) {
    if (!(base instanceof String text)) {
      return null;
    }
    String first = parameters.length > 0 ? String.valueOf(parameters[0]) : null;
    Object result =
        switch (String.valueOf(method)) {
          case "strip" -> strip(text, first, true, true);
          case "lstrip" -> strip(text, first, true, false);
          case "rstrip" -> strip(text, first, false, true);
          case "upper" -> text.toUpperCase(Locale.ROOT);
          case "lower" -> text.toLowerCase(Locale.ROOT);
          case "startswith" -> first == null ? null : text.startsWith(first);
          case "endswith" -> first == null ? null : text.endsWith(first);
          case "split" -> new PyList(split(text, first, limit(parameters)));
          default -> null;
        };
    context.setPropertyResolved(result != null);
    return result;
  }

  private static String strip(String text, String characters, boolean start, boolean end) {
    IntPredicate stripped =
        characters == null ? Character::isWhitespace : point -> characters.indexOf(point) >= 0;
    int from = 0;
    int to = text.length();
    while (start && from < to && stripped.test(text.charAt(from))) {
      from++;
    }
    while (end && from < to && stripped.test(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static int limit(Object[] parameters) {
    return parameters.length > 1 && parameters[1] instanceof Number number && number.intValue() >= 0
        ? number.intValue()
        : Integer.MAX_VALUE;
  }

  private static List<Object> split(String text, String separator, int limit) {
    if (separator == null) {
      return new ArrayList<>(
          Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).toList());
    }
    if (separator.isEmpty()) {
      throw new ChatTemplateException("The chat template splits text at an empty separator.");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && parts.size() < limit;
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {}

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return List.<FeatureDescriptor>of().iterator();
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return String.class;
  }
}
