package dev.tilewright.bench.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * ONNX Runtime with its default options: the last hidden state. Pooling, which it leaves to others,
 * is not counted.
 */
public final class OnnxRuntime implements Contender {
  /** Its name in tables. */
  public static final String NAME = "onnxruntime";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final Precision precision;
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();

  private OnnxRuntime(Precision precision, URL file, int workers) throws OrtException, IOException {
    this.precision = precision;
    try (InputStream model = file.openStream();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(workers);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.readAllBytes(), options);
    }
  }

  /** The fp32 model with so many threads within an operator. */
  public static OnnxRuntime fp32(int workers) throws OrtException, IOException {
    return new OnnxRuntime(Precision.FP32, Artifacts.weights(), workers);
  }

  /** The quantised model with so many threads within an operator. */
  public static OnnxRuntime int8(int workers) throws OrtException, IOException {
    return new OnnxRuntime(Precision.INT8, Artifacts.quantised(), workers);
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
  public void prepare(Batch batch) throws OrtException {
    free();
    int[] ids = batch.ids();
    inputs.put("input_ids", tensor(Arrays.stream(ids).asLongStream().toArray(), batch));
    inputs.put(
        "attention_mask", tensor(Arrays.stream(batch.mask()).asLongStream().toArray(), batch));
    inputs.put("token_type_ids", tensor(new long[ids.length], batch));
  }

  private OnnxTensor tensor(long[] values, Batch batch) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {batch.count(), batch.longest()});
  }

  @Override
  public void call() throws OrtException {
    session.run(inputs).close();
  }

  private void free() {
    inputs.values().forEach(OnnxTensor::close);
    inputs.clear();
  }

  @Override
  public void close() {
    free();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not close its session", e);
    }
  }
}
