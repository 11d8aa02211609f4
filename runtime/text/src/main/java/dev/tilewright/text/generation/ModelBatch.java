package dev.tilewright.text.generation;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** A declared model's sessions behind the name of an entry. */
final class ModelBatch<M extends CompiledModel> implements CausalBatch {
  private final M model;
  private final BiFunction<M, Tensor, Tensor> next;
  private final Batch<M> batch;
  private final List<Session<M>> present = new ArrayList<>();

  // The last call's, whose tokens are written anew while the lengths are the same.
  private RaggedTensor ids;
  private int[] idLengths = {};
  private int[] idTokens = {};

  ModelBatch(M model, BiFunction<M, Tensor, Tensor> next) {
    this.model = model;
    this.next = next;
    batch = Batch.of(model);
  }

  @Override
  public CausalSession open() {
    return new ModelSession<>(Session.open(model), next, null, null);
  }

  @Override
  @SuppressWarnings("unchecked") // those of another model are refused by the call
  public float[] next(List<CausalSession> sessions, int[] tokens, int[] lengths) {
    present.clear();
    for (int i = 0; i < sessions.size(); i++) {
      if (!(sessions.get(i) instanceof ModelSession<?> session)) {
        throw new IllegalArgumentException(
            "Session %d was not opened by a batch of a model.".formatted(i));
      }
      present.add(((ModelSession<M>) session).session());
    }
    Tensor logits = next.apply(batch.with(present), ids(tokens, lengths, sessions.size()));
    return ModelSession.elements(logits);
  }

  private RaggedTensor ids(int[] tokens, int[] lengths, int count) {
    if (!Arrays.equals(idLengths, 0, idLengths.length, lengths, 0, count)) {
      idLengths = Arrays.copyOf(lengths, count);
      idTokens = new int[Arrays.stream(idLengths).sum()];
      HostTensor packed = HostTensor.wrap(Tensors.of(idTokens).type(), idTokens);
      ids = RaggedTensor.wrap(packed, idLengths);
    }
    System.arraycopy(tokens, 0, idTokens, 0, idTokens.length);
    return ids;
  }
}
