package dev.tilewright.text.generation;

import dev.tilewright.CompiledModel;
import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiFunction;

/** A declared model's session behind the names of its entries. */
final class ModelSession<M extends CompiledModel> implements CausalSession {
  private final Session<M> session;
  private final BiFunction<M, Tensor, Tensor> next;
  private final BiFunction<M, Tensor, Tensor> each;
  private final TreeEntry<M> tree;

  /** The ids of a single token, which are written anew for each. */
  private final int[] single = new int[1];

  private final HostTensor singleIds;

  ModelSession(
      Session<M> session,
      BiFunction<M, Tensor, Tensor> next,
      BiFunction<M, Tensor, Tensor> each,
      TreeEntry<M> tree) {
    this.session = Objects.requireNonNull(session);
    this.next = Objects.requireNonNull(next);
    this.each = each;
    this.tree = tree;
    singleIds = HostTensor.wrap(Tensors.zeros(DType.INT32, 1, 1).type(), single);
  }

  @Override
  public float[] next(int[] tokens, int from, int to) {
    Tensor logits = next.apply(session.model(), ids(tokens, from, to));
    return elements(logits);
  }

  @Override
  public float[] each(int[] tokens, int from, int to) {
    if (each == null) {
      throw new UnsupportedOperationException(
          "This session has no entry that gives the logits after each token. Name one as the third "
              + "argument of CausalSession.of.");
    }
    Tensor logits = each.apply(session.model(), ids(tokens, from, to));
    return elements(logits);
  }

  @Override
  public float[] tree(int[] tokens, int[] depths, int[] ends) {
    if (tree == null) {
      return CausalSession.super.tree(tokens, depths, ends);
    }
    long[] shape = {1, tokens.length};
    Tensor logits =
        tree.apply(
            session.model(),
            Tensors.ints(shape, tokens),
            Tensors.ints(shape, depths),
            Tensors.ints(shape, ends));
    return elements(logits);
  }

  private HostTensor ids(int[] tokens, int from, int to) {
    if (to - from == 1) {
      single[0] = tokens[from];
      return singleIds;
    }
    return Tensors.ints(new long[] {1, to - from}, Arrays.copyOfRange(tokens, from, to));
  }

  Session<M> session() {
    return session;
  }

  static float[] elements(Tensor logits) {
    return HostTensor.of(logits).elements() instanceof float[] floats ? floats : logits.toFloats();
  }

  @Override
  public int length() {
    return Math.toIntExact(session.length());
  }

  @Override
  public int capacity() {
    return session.capacity();
  }

  @Override
  public int room() {
    return Math.toIntExact(session.room());
  }

  @Override
  public int earliest() {
    return Math.toIntExact(session.earliest());
  }

  @Override
  public long peakBytes() {
    return session.peakBytes();
  }

  @Override
  public void truncate(int length) {
    session.truncate(length);
  }

  @Override
  public CausalSession fork() {
    return new ModelSession<>(session.fork(), next, each, tree);
  }

  @Override
  public void close() {
    session.close();
  }
}
