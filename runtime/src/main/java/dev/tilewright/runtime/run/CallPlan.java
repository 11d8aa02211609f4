package dev.tilewright.runtime.run;

import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.RaggedTensor;
import java.util.List;
import java.util.function.Function;

/** What is worked out once for all calls with arguments of the same types and sequences. */
final class CallPlan {
  private final List<TensorType> inputTypes;

  /** The types that were found equal to these last, which the next call's are likely to be. */
  private final TensorType[] fitting;

  private final List<TensorType> resultTypes;
  private final List<TensorType> packedResultTypes;
  private final Sequences sequences;
  private final long[] symbols;
  private final CallFrame[] runs;
  private final long[] rows;
  // Of the last call, if results are reused.
  private HostTensor[] tensors;
  private Object answer;

  /**
   * @param inputTypes as callers pass them
   * @param resultTypes as callers see them
   * @param packedResultTypes as they lie in memory: those of ragged batches with all sequences in
   *     one axis
   * @param runs of the entry's function, one after the other in the same memory
   * @param rows how many rows the call appends to each state of each sequence's session
   */
  CallPlan(
      long[] symbols,
      List<TensorType> inputTypes,
      List<TensorType> resultTypes,
      List<TensorType> packedResultTypes,
      Sequences sequences,
      List<CallFrame> runs,
      long[] rows) {
    this.symbols = symbols;
    this.inputTypes = inputTypes;
    this.resultTypes = resultTypes;
    this.packedResultTypes = packedResultTypes;
    this.sequences = sequences;
    this.runs = runs.toArray(new CallFrame[0]);
    this.rows = rows;
    fitting = new TensorType[inputTypes.size()];
  }

  long[] symbols() {
    return symbols;
  }

  /** How many sequences go on in a session each. */
  int sequences() {
    return rows.length;
  }

  /** How many rows the call appends to each state of a sequence's session. */
  long rows(int sequence) {
    return rows[sequence];
  }

  /** How often the entry's function runs. */
  int runs() {
    return runs.length;
  }

  CallFrame run(int number) {
    return runs[number];
  }

  /** The workspace that the call takes. */
  long bytes() {
    long bytes = 0;
    for (CallFrame run : runs) {
      bytes = Math.max(bytes, run.bytes());
    }
    return bytes;
  }

  /** Whether it was made for arguments of these types. */
  @SuppressWarnings("ReferenceEquality") // The same object is found to be equal sooner.
  boolean fits(Tensor[] arguments) {
    for (int i = 0; i < fitting.length; i++) {
      if (arguments[i] == null) {
        return false;
      }
      TensorType type = arguments[i].type();
      if (type != fitting[i] && !type.equals(inputTypes.get(i))) {
        return false;
      }
      fitting[i] = type;
    }
    return sequences.fits(arguments);
  }

  /**
   * Tensors for the results, those of ragged batches with all sequences in one axis.
   *
   * @param reused whether to answer those of this plan's last call
   */
  HostTensor[] results(boolean reused) {
    if (reused && tensors != null) {
      return tensors;
    }
    HostTensor[] fresh = new HostTensor[packedResultTypes.size()];
    for (int i = 0; i < fresh.length; i++) {
      TensorType type = packedResultTypes.get(i);
      fresh[i] =
          HostTensor.wrap(type, HostTensor.array(type.dtype(), HostTensor.elementCount(type)));
    }
    if (reused) {
      tensors = fresh;
    }
    return fresh;
  }

  /**
   * The results as the caller wants them.
   *
   * @param results what {@link #results} answered, with the call's elements
   * @param make what to make of the results' tensors
   * @param reused whether the answer is the one of this plan's last call, with other elements
   */
  @SuppressWarnings("unchecked") // one entry's results are always made into the same
  <R> R answer(HostTensor[] results, Function<Tensor[], R> make, boolean reused) {
    if (!reused) {
      return make.apply(shown(results));
    }
    if (answer == null) {
      answer = make.apply(shown(results));
    }
    return (R) answer;
  }

  /** The results as the caller sees them. */
  private Tensor[] shown(HostTensor[] packed) {
    Tensor[] shown = new Tensor[packed.length];
    for (int i = 0; i < packed.length; i++) {
      TensorType type = resultTypes.get(i);
      shown[i] =
          packed[i].rank() == type.rank()
              ? packed[i]
              : sequences.isRagged()
                  ? RaggedTensor.wrap(packed[i], sequences.like().lengths())
                  : HostTensor.wrap(type, packed[i].elements());
    }
    return shown;
  }
}
