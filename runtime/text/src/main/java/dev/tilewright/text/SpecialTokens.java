package dev.tilewright.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the tokens that are not made by merging: the longest first, wherever they stand. */
final class SpecialTokens {
  /** A part of the input: a token, or text if the token is {@link Vocabulary#NONE}. */
  record Part(int token, String text) {
    static Part text(String text) {
      return new Part(Vocabulary.NONE, text);
    }
  }

  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparingInt((String text) -> -text.length())
          .thenComparing(Comparator.naturalOrder());

  private final Map<String, Integer> tokens = new HashMap<>();
  private final Map<Character, TreeSet<Integer>> lengthsByFirst = new HashMap<>();

  /**
   * @param controlToo whether control and unknown tokens are found besides the user's own
   */
  SpecialTokens(Vocabulary vocabulary, boolean controlToo) {
    for (int id = 0; id < vocabulary.size(); id++) {
      String text = vocabulary.text(id);
      boolean special =
          switch (vocabulary.kind(id)) {
            case USER_DEFINED -> true;
            case CONTROL, UNKNOWN -> controlToo;
            case NORMAL, UNUSED, BYTE -> false;
          };
      if (special && !text.isEmpty()) {
        tokens.put(text, id);
        lengthsByFirst.computeIfAbsent(text.charAt(0), first -> new TreeSet<>()).add(text.length());
      }
    }
  }

  List<Part> split(String text) {
    List<Part> parts = text.isEmpty() ? List.of() : List.of(Part.text(text));
    for (String token : occurring(text)) {
      List<Part> finer = new ArrayList<>();
      for (Part part : parts) {
        if (part.token == Vocabulary.NONE) {
          split(part.text, token, finer);
        } else {
          finer.add(part);
        }
      }
      parts = finer;
    }
    return parts;
  }

  private void split(String text, String token, List<Part> into) {
    int from = 0;
    for (int at = text.indexOf(token); at >= 0; at = text.indexOf(token, from)) {
      if (at > from) {
        into.add(Part.text(text.substring(from, at)));
      }
      into.add(new Part(tokens.get(token), token));
      from = at + token.length();
    }
    if (from < text.length()) {
      into.add(Part.text(text.substring(from)));
    }
  }

  private TreeSet<String> occurring(String text) {
    TreeSet<String> found = new TreeSet<>(LONGEST_FIRST);
    for (int at = 0; at < text.length(); at++) {
      TreeSet<Integer> lengths = lengthsByFirst.get(text.charAt(at));
      if (lengths == null) {
        continue;
      }
      for (int length : lengths) {
        if (at + length > text.length()) {
          break;
        }
        String candidate = text.substring(at, at + length);
        if (tokens.containsKey(candidate)) {
          found.add(candidate);
        }
      }
    }
    return found;
  }
}
