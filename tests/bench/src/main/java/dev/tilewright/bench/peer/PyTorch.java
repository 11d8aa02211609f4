package dev.tilewright.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/**
 * PyTorch's own library for CPUs, called through DJL once a batch: the whole pass is one
 * TorchScript method, so that neither Python nor Java stands between its operators.
 */
public final class PyTorch implements Contender {
  /** Its name in tables. */
  public static final String NAME = "pytorch";

  /** {@code c10::ScalarType::BFloat16}. */
  private static final int BFLOAT16 = 15;

  private static final String NARROW =
      """
      def forward(self: __torch__.Module0, w: List[Tensor]) -> List[Tensor]:
        r = annotate(List[Tensor], [])
        for i in range(torch.len(w)):
          _0 = torch.append(r, torch.to(w[i], %d))
        return r
      """
          .formatted(BFLOAT16);

  private final Precision precision;
  private final PtNDManager manager;
  private final PtSymbolBlock plain;
  private final PtSymbolBlock masked;
  private final IValue weights;
  private PtNDManager inputs;
  private PtSymbolBlock block;
  private IValue ids;
  private IValue mask;

  private PyTorch(
      Precision precision, int workers, TorchText.Program unpadded, TorchText.Program padded)
      throws IOException {
    this.precision = precision;
    System.setProperty("ai.djl.offline", "true"); // its libraries come from Maven alone
    manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
    inputs = (PtNDManager) manager.newSubManager();
    JniUtils.setNumThreads(workers);
    plain = load(unpadded.forward());
    masked = load(padded.forward());
    weights = weights(unpadded.weights());
  }

  /**
   * all-MiniLM-L6-v2.
   *
   * @param precision fp32, or bf16 for weights, products and everything between
   * @param workers threads within an operator, of all of PyTorch in this process
   */
  public static PyTorch miniLm(Precision precision, int workers) throws IOException {
    try (Weights source = Weights.open(Artifacts.weights())) {
      return new PyTorch(
          precision, workers, TorchMiniLm.of(source, false), TorchMiniLm.of(source, true));
    }
  }

  /** The encoder of random weights; the other parameters as {@link #miniLm}. */
  public static PyTorch gated(Weights source, Precision precision, int workers) throws IOException {
    TorchText.Program program = TorchGated.of(source);
    return new PyTorch(precision, workers, program, program);
  }

  private PtSymbolBlock load(String forward) throws IOException {
    byte[] file = TorchScript.module(forward);
    return JniUtils.loadModule(manager, new ByteArrayInputStream(file), false, false);
  }

  private IValue weights(List<WeightTensor> tensors) throws IOException {
    IValue wide = IValue.listFrom(tensors.stream().map(this::array).toArray(PtNDArray[]::new));
    return switch (precision) {
      case FP32 -> wide;
      case BF16 -> load(NARROW).forward(wide);
      case INT8, BF16_WEIGHTS, INT8_WEIGHTS ->
          throw new IllegalArgumentException("PyTorch takes fp32 or bf16 here");
    };
  }

  private PtNDArray array(WeightTensor tensor) {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return (PtNDArray) manager.create(tensor.toFloats(), new Shape(shape));
  }

  /** The version of the library. */
  public static String version() {
    return Engine.getEngine("PyTorch").getVersion();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public void prepare(Batch batch) {
    inputs.close();
    inputs = (PtNDManager) manager.newSubManager();
    block = batch.mixed() ? masked : plain;
    ids = IValue.from((PtNDArray) inputs.create(batch.ids(), shape(batch)));
    boolean[] tokens = new boolean[batch.count() * batch.longest()];
    int[] ones = batch.mask();
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = ones[i] != 0;
    }
    Shape keys = new Shape(batch.count(), 1, 1, batch.longest());
    mask = IValue.from((PtNDArray) inputs.create(tokens, keys));
  }

  private static Shape shape(Batch batch) {
    return new Shape(batch.count(), batch.longest());
  }

  @Override
  public void call() {
    result().close();
  }

  /** The vectors of the prepared batch, {@code [count, 384]}. */
  float[] vectors() {
    try (PtNDArray result = result()) {
      return result.toFloatArray();
    }
  }

  private PtNDArray result() {
    try (IValue value = block.forward(ids, mask, weights)) {
      return value.toTensor(inputs);
    }
  }

  @Override
  public void close() {
    weights.close();
    manager.close();
  }
}
