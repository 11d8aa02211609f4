package dev.tilewright.text.generation;

/**
 * Guesses several ways in which a text may go on, which a model reads in one call ({@link
 * Generator#withTree}).
 *
 * {@snippet :
 * TreeDraft perhaps = (text, length, tree, node) -> {
 *   tree.add(node, 12);
 *   tree.add(node, 30);
 * };
 * }
 */
@FunctionalInterface
public interface TreeDraft {
  /**
   * Adds guesses below a node, as far as there is room.
   *
   * @param text its tokens, and more room; only to be read
   * @param length how many tokens it has, at least one
   * @param tree takes the guesses
   * @param node stands for the text's last token
   */
  void guess(int[] text, int length, GuessTree tree, int node);
}
