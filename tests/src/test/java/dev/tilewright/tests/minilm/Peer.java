package dev.tilewright.tests.minilm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * ONNX Runtime on the same file. It gives the last layer's tokens; their mean and its normalisation
 * are worked out here, in double precision.
 */
final class Peer implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  Peer() throws OrtException {
    try (InputStream model = Corpus.onnx().openStream();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      session = environment.createSession(model.readAllBytes(), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String version() {
    return environment.getVersion();
  }

  double[][] embed(Batch batch) throws OrtException {
    long[] shape = {batch.rows().size(), batch.tokens()};
    int[] mask = batch.mask();
    try (OnnxTensor ids = tensor(batch.ids(), shape);
        OnnxTensor keep = tensor(mask, shape);
        OnnxTensor types = tensor(new int[mask.length], shape);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", ids, "attention_mask", keep, "token_type_ids", types))) {
      float[][][] hidden = (float[][][]) result.get(0).getValue();
      double[][] vectors = new double[hidden.length][];
      for (int row = 0; row < hidden.length; row++) {
        vectors[row] = pool(hidden[row], batch.rows().get(row).length);
      }
      return vectors;
    }
  }

  private OnnxTensor tensor(int[] values, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(Arrays.stream(values).asLongStream().toArray()), shape);
  }

  private static double[] pool(float[][] tokens, int count) {
    double[] vector = new double[tokens[0].length];
    for (int token = 0; token < count; token++) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] += tokens[token][i] / (double) count;
      }
    }
    double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> x / norm).toArray();
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
