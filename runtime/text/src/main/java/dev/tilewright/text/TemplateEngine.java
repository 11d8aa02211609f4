package dev.tilewright.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.lang.reflect.Method;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;

/**
 * Renders Jinja as chat templates are written for it: blocks are trimmed, the values are data and
 * never templates, and what a template may use up is limited.
 */
final class TemplateEngine {
  private static final int MOST_STEPS = 1_000_000;
  private static final long MOST_OUTPUT = 16 << 20;
  private static final int MOST_ELEMENTS = 100_000;
  private static final int MOST_DEPTH = 64;

  private static final Pattern NOT_DEFINED =
      Pattern.compile("\\bnot\\s+([\\w.]+)\\s+is\\s+(defined|none)\\b");
  private static final Pattern INDENT = Pattern.compile("(?m)^[ \\t]+(?=\\{[%#](?!\\+))");
  private static final Pattern REVERSED = Pattern.compile("\\b([\\w.]+)\\[::-1\\]");

  private static final LegacyOverrides LIKE_PYTHON =
      LegacyOverrides.newBuilder()
          .withEvaluateMapKeys(true)
          .withIterateOverMapKeys(true)
          .withUsePyishObjectMapper(true)
          .withUseNaturalOperatorPrecedence(true)
          .withParseWhitespaceControlStrictly(true)
          .withAllowAdjacentTextNodes(true)
          .withUseTrimmingForNotesAndExpressions(true)
          .withKeepNullableLoopValues(true)
          .withHandleBackslashInQuotesOnly(true)
          .build();

  private final Jinjava jinjava = new Jinjava(config());

  TemplateEngine() {
    function("raise_exception", "refuse");
    function("strftime_now", "now");
  }

  String render(String template, Map<String, Object> variables) {
    RenderResult result;
    try {
      result = jinjava.renderForResult(adapted(template), new HashMap<>(variables), config());
    } catch (RuntimeException | StackOverflowError e) {
      throw new ChatTemplateException("The chat template cannot be rendered: " + e, e);
    }
    for (TemplateError error : result.getErrors()) {
      for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
        if (cause instanceof ChatTemplateException own) {
          throw own;
        }
      }
      throw new ChatTemplateException(
          "The chat template fails in line %d: %s".formatted(error.getLineno(), error.getMessage()),
          error.getException());
    }
    return result.getOutput();
  }

  /**
   * The template for what Jinjava does otherwise than Jinja: the latter drops one line break at the
   * end of a template and not of the output, strips what is before a block only from the beginning
   * of a line, negates the whole of {@code not x is defined}, and knows {@code x[::-1]}.
   */
  private static String adapted(String template) {
    String text = template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
    text = INDENT.matcher(text).replaceAll("");
    return REVERSED
        .matcher(NOT_DEFINED.matcher(text).replaceAll("$1 is not $2"))
        .replaceAll("($1|reverse|list)");
  }

  private void function(String name, String method) {
    try {
      Method called = TemplateEngine.class.getDeclaredMethod(method, String.class);
      called.setAccessible(true);
      jinjava.getGlobalContext().registerFunction(new ELFunctionDefinition("", name, called));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new one for each use, because it counts the steps of one. */
  private static JinjavaConfig config() {
    int[] steps = new int[1];
    return JinjavaConfig.newBuilder()
        .withElResolver(resolver())
        .withTrimBlocks(true)
        .withKeepTrailingNewline(true)
        .withLegacyOverrides(LIKE_PYTHON)
        .withNestedInterpretationEnabled(false)
        .withMaxRenderDepth(MOST_DEPTH)
        .withMaxMacroRecursionDepth(MOST_DEPTH)
        .withEnableRecursiveMacroCalls(true)
        .withMaxOutputSize(MOST_OUTPUT)
        .withMaxStringLength(MOST_OUTPUT)
        .withMaxListSize(MOST_ELEMENTS)
        .withMaxMapSize(MOST_ELEMENTS)
        .withRangeLimit(MOST_ELEMENTS)
        .withProcessors(
            JinjavaProcessors.newBuilder()
                .withNodePreProcessor(
                    (node, interpreter) -> {
                      if (++steps[0] > MOST_STEPS) {
                        throw new ChatTemplateException(
                            "The chat template takes more than " + MOST_STEPS + " steps.");
                      }
                    })
                .build())
        .build();
  }

  private static ELResolver resolver() {
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new PythonStrings());
    resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    return resolver;
  }

  /** What templates call where a conversation does not suit them. */
  @SuppressWarnings("DoNotCallSuggester") // The template calls it, by its signature.
  static String refuse(String message) {
    throw new ChatTemplateException("The chat template refuses the conversation: " + message);
  }

  /** The time now, by a format of the C function strftime. */
  static String now(String format) {
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      boolean field = format.charAt(i) == '%' && i + 1 < format.length();
      text.append(field ? field(now, format.charAt(++i)) : String.valueOf(format.charAt(i)));
    }
    return text.toString();
  }

  private static String field(LocalDateTime now, char letter) {
    String pattern =
        switch (letter) {
          case 'd' -> "dd";
          case 'm' -> "MM";
          case 'Y' -> "yyyy";
          case 'y' -> "yy";
          case 'b' -> "MMM";
          case 'B' -> "MMMM";
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case 'p' -> "a";
          case 'j' -> "DDD";
          case '%' -> "'%'";
          default ->
              throw new ChatTemplateException(
                  "The chat template asks for the time as %" + letter + ", which is not known.");
        };
    return now.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
