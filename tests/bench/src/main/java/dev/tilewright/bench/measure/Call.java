package dev.tilewright.bench.measure;

/** What is timed. */
@FunctionalInterface
public interface Call {
  void run() throws Exception;
}
