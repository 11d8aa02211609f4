package dev.tilewright.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightMatcherTest {
  @Test
  void matches() {
    var weights = source("a.weight", "b.weight", "extra.weight");
    var match =
        WeightMatcher.match(
            weights, List.of(required("b.weight", 2, 3), required("a.weight", 2, 3)));
    assertThat(match.tensors().keySet()).containsExactly("b.weight", "a.weight");
    assertThat(match.extra()).containsExactly("extra.weight");
  }

  @Test
  void listsEverythingAtOnce() {
    var tensors = new LinkedHashMap<String, WeightTensor>();
    tensors.put("query.weight", floats(2, 3));
    tensors.put("key.weight", floats(2, 3));
    tensors.put("value.weight", floats(2, 3));
    tensors.put(
        "ids",
        WeightTensor.of("", WeightType.I64, List.of(2L), MemorySegment.ofArray(new byte[16])));
    tensors.put("extra.weight", floats(2, 3));
    var required =
        List.of(
            required("quary.weight", 2, 3),
            required("key.weight", 3, 2),
            required("value.weight", 2, 4),
            required("ids", 2));
    assertThatThrownBy(() -> WeightMatcher.matchExactly(Weights.of(tensors), required))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            """
            a map of tensors does not fit the model: of 4 weights, 1 are missing and 3 have the wrong shape or type; \
            2 are extra
              missing quary.weight [2, 3]; nearest: query.weight (declared at Layer.java:7 quary.weight)
              wrong key.weight: shape [3, 2] expected, [2, 3] found, which is its transpose: declare the dimensions \
            the other way round (declared at Layer.java:7 key.weight)
              wrong value.weight: shape [2, 4] expected, [2, 3] found (declared at Layer.java:7 value.weight)
              wrong ids: a floating type expected for F32, I64 found (declared at Layer.java:7 ids)
              extra query.weight
              extra extra.weight\
            """);
  }

  @Test
  void saysOnceThatAPrefixIsMissing() {
    var weights = source("bert.a.weight", "bert.b.weight", "bert.c.weight", "cls.d.weight");
    var required =
        List.of(required("a.weight", 2, 3), required("b.weight", 2, 3), required("c.weight", 2, 3));
    assertThatThrownBy(() -> WeightMatcher.match(weights, required))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContainingAll(
            "3 of the missing names are there with the prefix \"bert.\"",
            "a.weight [2, 3]; nearest: bert.a.weight");
  }

  @Test
  void saysOnceThatAPrefixIsTooMuch() {
    var required = List.of(required("bert.a.weight", 2, 3), required("bert.b.weight", 2, 3));
    assertThatThrownBy(() -> WeightMatcher.match(source("a.weight", "b.weight"), required))
        .hasMessageContaining("2 of the missing names are there without the prefix \"bert.\"");
  }

  @Test
  void refusesExtraWeightsOnlyIfAsked() {
    var weights = source("a.weight", "b.weight");
    var required = List.of(required("a.weight", 2, 3));
    assertThat(WeightMatcher.match(weights, required).extra()).containsExactly("b.weight");
    assertThatThrownBy(() -> WeightMatcher.matchExactly(weights, required))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageEndingWith("\n  extra b.weight");
  }

  @Test
  void saysThatASourceIsEmpty() {
    assertThatThrownBy(() -> WeightMatcher.match(Weights.of(Map.of()), List.of(required("a", 1))))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContaining("the source is empty");
  }

  private static Weights source(String... names) {
    var tensors = new LinkedHashMap<String, WeightTensor>();
    for (var name : names) {
      tensors.put(name, floats(2, 3));
    }
    return Weights.of(tensors);
  }

  private static WeightTensor floats(long... shape) {
    return WeightTensor.of("", new float[6], shape);
  }

  private static RequiredWeight required(String name, long... shape) {
    return new RequiredWeight(
        name, WeightType.F32, Arrays.stream(shape).boxed().toList(), "Layer.java:7 " + name);
  }
}
