package dev.tilewright.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The last hidden state by ONNX Runtime: pooling, which it leaves to others, is not counted. */
final class OnnxRuntime implements Contender {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();

  OnnxRuntime(int workers) throws OrtException {
    try (InputStream model = Contender.weights().openStream();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(workers);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.readAllBytes(), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public String describe() {
    return "ONNX Runtime " + environment.getVersion();
  }

  @Override
  public void prepare(Shape shape) throws OrtException {
    inputs.values().forEach(OnnxTensor::close);
    long[] ones = new long[shape.batch() * shape.tokens()];
    Arrays.fill(ones, 1);
    inputs.put("input_ids", tensor(Arrays.stream(shape.ids()).asLongStream().toArray(), shape));
    inputs.put("attention_mask", tensor(ones, shape));
    inputs.put("token_type_ids", tensor(new long[ones.length], shape));
  }

  private OnnxTensor tensor(long[] values, Shape shape) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {shape.batch(), shape.tokens()});
  }

  @Override
  public void call() throws OrtException {
    session.run(inputs).close();
  }

  @Override
  public void close() throws OrtException {
    inputs.values().forEach(OnnxTensor::close);
    session.close();
  }
}
