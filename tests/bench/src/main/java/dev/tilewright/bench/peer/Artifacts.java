package dev.tilewright.bench.peer;

import java.net.URL;

/** The model files, which come as Maven artifacts. */
public final class Artifacts {
  private Artifacts() {}

  /** all-MiniLM-L6-v2 in fp32, whose weights all use that do not quantise beforehand. */
  public static URL weights() {
    return resource("/all-minilm-l6-v2.onnx");
  }

  /** The same as ONNX Runtime's own tools quantise it. */
  public static URL quantised() {
    return resource("/all-minilm-l6-v2-q.onnx");
  }

  private static URL resource(String name) {
    URL url = Artifacts.class.getResource(name);
    if (url == null) {
      throw new IllegalStateException(name + " is not on the class path; its artifact is missing");
    }
    return url;
  }
}
