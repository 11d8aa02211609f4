package dev.tilewright.tests.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each token of a tree sees what was remembered and its ancestors, and nothing else. */
class TreeTest {
  private static final int VOCABULARY = Decoder.VOCABULARY;

  /** Random tokens in depth-first order. */
  private record Tree(int[] tokens, int[] depths, int[] ends) {
    static Tree of(Random random, int size) {
      int[] depths = new int[size];
      for (int i = 1; i < size; i++) {
        depths[i] = random.nextInt(3) > 0 ? depths[i - 1] + 1 : random.nextInt(depths[i - 1] + 2);
      }
      int[] ends = new int[size];
      for (int i = 0; i < size; i++) {
        int end = i + 1;
        while (end < size && depths[end] > depths[i]) {
          end++;
        }
        ends[i] = end;
      }
      return new Tree(random.ints(size, 0, VOCABULARY).toArray(), depths, ends);
    }

    boolean isAncestor(int node, int of) {
      return node <= of && of < ends[node];
    }

    /** The tokens from the root to one. */
    int[] path(int node) {
      int[] path = new int[depths[node] + 1];
      for (int i = 0; i <= node; i++) {
        if (isAncestor(i, node)) {
          path[depths[i]] = tokens[i];
        }
      }
      return path;
    }

    /** How many tokens the first branch has. */
    int first() {
      int length = 1;
      while (length < depths.length && depths[length] == length) {
        length++;
      }
      return length;
    }

    float[] read(Decoder model) {
      return model.tree(row(tokens), row(depths), row(ends)).toFloats();
    }
  }

  private static Tensor row(int... numbers) {
    return Tensors.of(new int[][] {numbers});
  }

  private static float[] row(float[] all, int row) {
    return Arrays.copyOfRange(all, row * VOCABULARY, (row + 1) * VOCABULARY);
  }

  private static Decoder load(Precision precision) {
    return Tilewright.load(
        Decoder.class,
        DecoderWeights.all(),
        LoadOptions.defaults().withPrecision(precision).withWorkers(2));
  }

  @ParameterizedTest
  @EnumSource(names = "BFLOAT16_WEIGHTS", mode = EnumSource.Mode.EXCLUDE)
  void compiled(Precision precision) {
    try (Decoder model = load(precision)) {
      check(model, tolerance(precision), 60);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void eagerly(Precision precision) {
    try (Decoder model = Tilewright.eager(Decoder.class, DecoderWeights.all(), precision)) {
      check(model, tolerance(precision), 10);
    }
  }

  /** Where operands are rounded, a sum in another order may be rounded to a neighbour. */
  private static float tolerance(Precision precision) {
    return switch (precision) {
      case FLOAT32, BFLOAT16_WEIGHTS, INT8_WEIGHTS -> 1e-4f;
      case BFLOAT16, INT8, INT8_BLOCKS -> 0.15f;
    };
  }

  private static void check(Decoder model, float tolerance, int rounds) {
    Random random = new Random(3);
    for (int round = 0; round < rounds; round++) {
      Tree tree = Tree.of(random, 1 + random.nextInt(20));
      int[] prompt = DecoderWeights.tokens(1 + random.nextInt(40), round);
      try (Session<Decoder> session = Session.open(model)) {
        session.model().next(row(prompt));
        float[] found;
        try (Session<Decoder> fork = session.fork()) {
          found = tree.read(fork.model());
          checkOthers(session, tree, found, random);
          fork.truncate(prompt.length + tree.first());
          float[] next = fork.model().next(row(7)).toFloats();
          int[] text = Arrays.copyOf(prompt, prompt.length + tree.first() + 1);
          System.arraycopy(tree.tokens(), 0, text, prompt.length, tree.first());
          text[text.length - 1] = 7;
          try (Session<Decoder> whole = Session.open(model)) {
            float[] all = whole.model().next(row(text)).toFloats();
            assertThat(next).isEqualTo(row(all, text.length - 1));
          }
        }
        for (int node = 0; node < tree.tokens().length; node++) {
          try (Session<Decoder> fork = session.fork()) {
            float[] path = fork.model().next(row(tree.path(node))).toFloats();
            float[] expected = row(path, tree.depths()[node]);
            if (node < tree.first()) {
              assertThat(row(found, node)).isEqualTo(expected);
            } else {
              assertThat(row(found, node)).containsExactly(expected, within(tolerance));
            }
          }
        }
      }
    }
  }

  /** Other tokens in all places but a node's ancestors change no bit of what it says. */
  private static void checkOthers(
      Session<Decoder> session, Tree tree, float[] found, Random random) {
    int node = random.nextInt(tree.tokens().length);
    int[] others = random.ints(tree.tokens().length, 0, VOCABULARY).toArray();
    for (int i = 0; i <= node; i++) {
      others[i] = tree.isAncestor(i, node) ? tree.tokens()[i] : others[i];
    }
    try (Session<Decoder> fork = session.fork()) {
      float[] changed = new Tree(others, tree.depths(), tree.ends()).read(fork.model());
      assertThat(row(changed, node)).isEqualTo(row(found, node));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void severalSessionsReadATreeEach(Precision precision) {
    Random random = new Random(8);
    try (Decoder model = load(precision)) {
      Batch<Decoder> batch = Batch.of(model);
      for (int round = 0; round < 20; round++) {
        List<Tree> trees = new ArrayList<>();
        List<Session<Decoder>> sessions = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          sessions.add(Session.open(model));
          sessions.getLast().model().next(row(DecoderWeights.tokens(1 + 9 * i, round)));
          trees.add(Tree.of(random, 1 + random.nextInt(16)));
          try (Session<Decoder> alone = sessions.getLast().fork()) {
            expected.add(trees.getLast().read(alone.model()));
          }
        }
        RaggedTensor found =
            (RaggedTensor)
                batch
                    .with(sessions)
                    .trees(
                        Tensors.ragged(trees.stream().map(Tree::tokens).toArray(int[][]::new)),
                        Tensors.ragged(trees.stream().map(Tree::depths).toArray(int[][]::new)),
                        Tensors.ragged(trees.stream().map(Tree::ends).toArray(int[][]::new)));
        for (int i = 0; i < trees.size(); i++) {
          assertThat(found.sequence(i).toFloats()).isEqualTo(expected.get(i));
        }
        sessions.forEach(Session::close);
      }
    }
  }
}
