package dev.tilewright.text.grammar;

import dev.tilewright.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A set of texts: those that a context-free grammar, or a JSON schema, describes. Immutable; safe
 * for use by several threads.
 *
 * {@snippet :
 * Grammar grammar = Grammar.gbnf(
 *     """
 *     root ::= "(" root ")" root | ""
 *     """);
 * boolean balanced = grammar.matches("(()())");   // gives true
 * }
 */
public final class Grammar {
  private static final String ROOT = "root";

  private final Network network;

  private Grammar(Map<String, Rule> rules) {
    network = NetworkBuilder.build(rules, ROOT);
  }

  /**
   * The grammar of a text in GBNF, llama.cpp's notation. It begins with the rule {@code root}.
   * Known are literals, sets, {@code .}, groups, {@code |}, {@code * + ?}, {@code {m,n}} and
   * comments, and not tokens ({@code <think>}).
   *
   * {@snippet :
   * Grammar list = Grammar.gbnf("root ::= (\"- \" [^\\n]+ \"\\n\")+");
   * }
   *
   * @throws GrammarException at the place where something is wrong: notation, a rule that is
   *     missing, defined twice or calls itself before it reads anything (left recursion), too many
   *     brackets or repetitions, or a root that no text is of
   */
  public static Grammar gbnf(String text) {
    return new Grammar(new GbnfParser(text).parse());
  }

  /**
   * The JSON texts that are valid by a <a href="https://json-schema.org/draft/2020-12/schema">JSON
   * schema</a>, as far as a grammar can say: all texts of the grammar are valid, but not all valid
   * texts are of it.
   *
   * <ul>
   *   <li>Known are {@code type} (also several), {@code properties}, {@code required}, {@code
   *       items}, {@code prefixItems}, {@code minItems}, {@code maxItems}, {@code enum}, {@code
   *       const}, {@code minLength}, {@code maxLength}, {@code pattern}, {@code minimum}, {@code
   *       maximum}, {@code exclusiveMinimum} and {@code exclusiveMaximum} of integers, {@code
   *       anyOf}, {@code $ref} within the schema, and {@code additionalProperties} where there are
   *       no {@code properties}.
   *   <li>Properties come in the order of the schema, and others than declared ones do not come.
   *   <li>What only describes ({@code title}, {@code description}, {@code default}, ..) is passed
   *       over; other keywords are refused.
   *   <li>Between the parts of objects and arrays there may be a space, or a new line and up to
   *       twenty spaces.
   * </ul>
   *
   * {@snippet :
   * Grammar person = Grammar.jsonSchema(
   *     """
   *     {"type": "object",
   *      "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
   *      "required": ["name"]}
   *     """);
   * boolean valid = person.matches("{\"name\": \"Ada\"}");   // gives true
   * }
   *
   * @throws GrammarException at the place where something is wrong: JSON, a keyword that is not
   *     known or has no sense, a reference to nothing, or a schema that nothing is valid by
   */
  public static Grammar jsonSchema(String schema) {
    return new Grammar(new SchemaCompiler(JsonDocument.parse(schema)).rules(ROOT));
  }

  /** Whether a text is of the grammar. */
  public boolean matches(String text) {
    Automaton automaton = new Automaton(network);
    return after(automaton, text.getBytes(StandardCharsets.UTF_8)).accepts;
  }

  /** Whether texts of the grammar, of which one may be just this, begin with these bytes. */
  boolean begins(byte[] text) {
    Automaton automaton = new Automaton(network);
    return after(automaton, text) != automaton.dead;
  }

  private static Automaton.State after(Automaton automaton, byte[] text) {
    Automaton.State state = automaton.start();
    for (byte value : text) {
      state = automaton.step(state, value & 0xFF);
    }
    return state;
  }

  /**
   * A constraint that makes models with the tokenizer's tokens write texts of the grammar.
   *
   * @throws GrammarException if the tokenizer has no token that ends an answer
   */
  public TokenConstraint constraint(Tokenizer tokenizer) {
    return new TokenConstraint(network, tokenizer);
  }
}
