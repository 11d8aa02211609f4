package dev.tilewright.bench.process;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The first call of ONNX Runtime. */
final class OnnxRuntimeStart {
  private OnnxRuntimeStart() {}

  /** Microseconds of loading. */
  static long run(Path file, int workers) throws OrtException {
    long start = System.nanoTime();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(workers);
    OrtSession session = environment.createSession(file.toString(), options);
    long loaded = System.nanoTime();
    long[] ones = new long[StartProbe.TOKENS];
    Arrays.fill(ones, 1);
    long[] shape = {1, StartProbe.TOKENS};
    long[] ids = Arrays.stream(StartProbe.words()).asLongStream().toArray();
    Map<String, OnnxTensor> inputs =
        Map.of(
            "input_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape),
            "attention_mask", OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape),
            "token_type_ids",
                OnnxTensor.createTensor(
                    environment, LongBuffer.allocate(StartProbe.TOKENS), shape));
    StartProbe.require(session.run(inputs).size() == 1);
    return (loaded - start) / 1000;
  }
}
