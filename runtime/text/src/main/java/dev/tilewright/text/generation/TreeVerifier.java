package dev.tilewright.text.generation;

import java.util.Arrays;

/**
 * The loop of a generation with trees of guesses (multi-token verification, <a
 * href="https://arxiv.org/abs/2305.09781">Miao et al.</a>). A call reads the last token and a tree
 * behind it; the sampler chooses by the logits of node after node.
 *
 * <p>Of the tree's first branch, whose rows lie as those of a text, the logits have the bits of a
 * call without guesses. Those of other branches are sums in another order. So where the sampler
 * chooses a node beside the first branch, the session forgets the rows from there on, and what the
 * other branch said, down its most probable nodes and one token more, becomes the first branch of
 * the next call: its tokens are chosen by exact logits then, and no row has to be moved.
 */
final class TreeVerifier {
  private final TreeDraft draft;
  private final int most;
  private int[] text;
  private int length;
  private int[] known = {};
  private int calls;
  private int guessed;
  private int accepted;

  TreeVerifier(TreeDraft draft, int most, int[] prompt) {
    this.draft = draft;
    this.most = most;
    text = Arrays.copyOf(prompt, prompt.length + 256);
    length = prompt.length;
  }

  Speculation result() {
    return new Speculation(calls, guessed, accepted);
  }

  /** Goes on after the first token was chosen, to the end. */
  FinishReason run(Turn turn, Context context) {
    FinishReason finish = null;
    while (finish == null) {
      add(turn.last());
      int room = Math.min(context.capacity() - context.length(), context.room()) - 1;
      finish = verify(turn, context, tree(Math.max(0, Math.min(most, room))));
    }
    return finish;
  }

  /** What the last call told behind the last token, and guesses behind that. */
  private GuessTree tree(int room) {
    GuessTree tree = new GuessTree(room, text[length - 1]);
    int sure = length;
    int node = 0;
    for (int i = 0; i < known.length && tree.room() > 0; i++) {
      node = tree.add(node, known[i]);
      add(known[i]);
    }
    if (tree.room() > 0) {
      draft.guess(text, length, tree, node);
    }
    length = sure;
    known = new int[0];
    return tree;
  }

  private FinishReason verify(Turn turn, Context context, GuessTree tree) {
    int before = context.length();
    calls++;
    guessed += tree.guesses();
    if (tree.guesses() == 0) {
      float[] logits = context.append(new int[] {tree.token(0)}, 0, 1);
      return turn.take(logits, 0, logits.length, context.capacity() - before - 1);
    }
    GuessTree.Order order = tree.order();
    float[] rows = context.appendTree(order.tokens(), order.depths(), order.ends());
    int vocabulary = rows.length / order.tokens().length;
    int right = 0;
    FinishReason finish = null;
    while (finish == null) {
      finish =
          turn.take(
              rows,
              right * vocabulary,
              (right + 1) * vocabulary,
              context.capacity() - before - right - 1);
      int chosen = tree.child(order.nodes()[right], turn.last());
      accepted += chosen < 0 ? 0 : 1;
      if (chosen < 0 || chosen != tree.firstChild(order.nodes()[right])) {
        known = finish == null && chosen > 0 ? told(tree, order, rows, chosen) : known;
        break;
      }
      if (finish == null) {
        right++;
        add(turn.last());
      }
    }
    context.truncate(before + 1 + right);
    return finish;
  }

  /** What follows a node by its logits, as far as the tree goes, and one token more. */
  private static int[] told(GuessTree tree, GuessTree.Order order, float[] rows, int node) {
    int vocabulary = rows.length / order.tokens().length;
    int[] told = new int[order.tokens().length];
    int count = 0;
    int at = node;
    while (at > 0) {
      int token = greatest(rows, order.place(at) * vocabulary, vocabulary);
      told[count++] = token;
      at = tree.child(at, token);
    }
    return Arrays.copyOf(told, count);
  }

  private static int greatest(float[] logits, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = logits[from + i] > logits[from + best] ? i : best;
    }
    return best;
  }

  private void add(int token) {
    if (length == text.length) {
      text = Arrays.copyOf(text, 2 * length);
    }
    text[length++] = token;
  }
}
