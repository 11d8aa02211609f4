package dev.tilewright.examples.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Passages with their vectors; finds the nearest by dot product, which for unit vectors is the
 * cosine.
 */
final class PassageIndex {
  /** A passage and how close it is to the question, at most 1. */
  record Hit(String passage, float score) {}

  private final List<String> passages;
  private final List<float[]> vectors;

  PassageIndex(List<String> passages, List<float[]> vectors) {
    this.passages = List.copyOf(passages);
    this.vectors = List.copyOf(vectors);
  }

  int size() {
    return passages.size();
  }

  /** The nearest passages, best first. */
  List<Hit> nearest(float[] question, int count) {
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < passages.size(); i++) {
      hits.add(new Hit(passages.get(i), dot(question, vectors.get(i))));
    }
    hits.sort(Comparator.comparingDouble(Hit::score).reversed());
    return hits.subList(0, Math.min(count, hits.size()));
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }
}
