package dev.tilewright.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A snippet of Javadoc. One of statements says in comments what goes in and what comes out, as in
 * {@code Tensor y = x.sum(1); // x = [[1, 2], [3, 4]] gives [3, 7]}.
 *
 * @param owner the class, as its source names it
 * @param member the method or nested type of it that is explained, such as {@code sum(int)}; empty
 *     for the class itself
 */
record Example(String owner, String member, String text) {
  private static final Pattern VARIABLE = Pattern.compile("(\\w+) =\\s");
  private static final Pattern INPUT = Pattern.compile("(?:([A-Z]\\w+) )?(\\w+) = ");

  /**
   * What a tensor of an example holds before it begins.
   *
   * @param dtype such as {@code INT32}; null if the values tell it
   */
  record Input(String dtype, String name, Values values) {}

  /** What a variable holds after its statement. */
  record Claim(String variable, String value) {}

  /** Whether the snippet declares members or types, rather than computing something. */
  boolean isDeclaration() {
    return text.contains("@Entry") || text.contains("interface ");
  }

  /** The tensors that come from outside, in the order of the comments. */
  List<Input> inputs() {
    List<Input> inputs = new ArrayList<>();
    for (String comment : comments()) {
      int gives = comment.indexOf("gives ");
      String given = gives < 0 ? comment : comment.substring(0, gives);
      Matcher input = INPUT.matcher(given);
      for (int at = 0; input.find(at); ) {
        Values.Reader reader = new Values.Reader(given, input.end());
        inputs.add(new Input(input.group(1), input.group(2), reader.read()));
        at = reader.position();
      }
    }
    return inputs;
  }

  /** What is said to come out, in order. */
  List<Claim> claims() {
    List<Claim> claims = new ArrayList<>();
    String variable = null;
    for (String line : text.split("\n", -1)) {
      int comment = line.indexOf("//");
      Matcher assigned = VARIABLE.matcher(comment < 0 ? line : line.substring(0, comment));
      variable = assigned.find() ? assigned.group(1) : variable;
      int gives = line.indexOf("gives ", Math.max(comment, 0));
      if (comment >= 0 && gives >= 0) {
        claims.add(new Claim(variable, line.substring(gives + "gives ".length()).strip()));
      }
    }
    return claims;
  }

  private List<String> comments() {
    return text.lines()
        .filter(line -> line.contains("//"))
        .map(line -> line.substring(line.indexOf("//") + 2))
        .toList();
  }

  @Override
  public String toString() {
    return member.isEmpty() ? owner : owner + "." + member;
  }
}
