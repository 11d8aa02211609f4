package dev.tilewright.runtime.eager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Views, reductions, products and gathers on random shapes, extents of 0 and 1 included, against
 * their definitions.
 */
class EagerPrimitivesTest {
  private static Tensor apply(Primitive primitive, Tensor... operands) {
    return EagerEvaluator.INSTANCE.apply(primitive, operands);
  }

  private static void check(Tensor result, List<Integer> shape, Naive.Element expected) {
    assertThat(Naive.shape(result)).isEqualTo(shape);
    assertThat(Naive.values(result)).isEqualTo(Naive.tabulate(shape, expected));
  }

  private static List<Integer> with(List<Integer> shape, int axis, int extent) {
    List<Integer> changed = new ArrayList<>(shape);
    changed.set(axis, extent);
    return changed;
  }

  private static int[] with(int[] index, int axis, int value) {
    int[] changed = index.clone();
    changed[axis] = value;
    return changed;
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void transposes(
      @ForAll DType dtype,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 5) Integer> shape,
      @ForAll long seed) {
    Random random = new Random(seed);
    Tensor x = Naive.random(dtype, shape, random);
    List<Integer> permutation = new ArrayList<>();
    for (int i = 0; i < shape.size(); i++) {
      permutation.add(i);
    }
    Collections.shuffle(permutation, random);
    check(
        apply(new Primitive.Transpose(permutation), x),
        permutation.stream().map(shape::get).toList(),
        index -> {
          int[] from = new int[index.length];
          for (int i = 0; i < index.length; i++) {
            from[permutation.get(i)] = index[i];
          }
          return Naive.get(x, from);
        });
  }

  /** An axis is kept, repeats an extent of 1, or is new. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void broadcasts(
      @ForAll DType dtype,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 4) Integer> shape,
      @ForAll @Size(4) List<@IntRange(min = 0, max = 2) Integer> kinds,
      @ForAll long seed) {
    List<Integer> axes = new ArrayList<>();
    List<Integer> operand = new ArrayList<>();
    for (int i = 0; i < shape.size(); i++) {
      if (kinds.get(i) > 0) {
        axes.add(i);
        operand.add(kinds.get(i) == 1 ? 1 : shape.get(i));
      }
    }
    Tensor x = Naive.random(dtype, operand, new Random(seed));
    List<Dim> target = shape.stream().map(extent -> Dim.of(extent)).toList();
    check(
        apply(new Primitive.Broadcast(target, axes), x),
        shape,
        index -> {
          int[] from = new int[axes.size()];
          for (int i = 0; i < from.length; i++) {
            from[i] = operand.get(i) == 1 ? 0 : index[axes.get(i)];
          }
          return Naive.get(x, from);
        });
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void slicesPadsWindowsAndJoins(
      @ForAll DType dtype,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 7) Integer> shape,
      @ForAll @IntRange(min = 0, max = 2) int anyAxis,
      @ForAll @IntRange(min = 1, max = 3) int step,
      @ForAll @IntRange(min = 1, max = 3) int dilation,
      @ForAll long seed) {
    Random random = new Random(seed);
    Tensor x = Naive.random(dtype, shape, random);
    int axis = anyAxis % shape.size();
    int extent = shape.get(axis);
    int start = random.nextInt(extent + 1);
    int stop = start + random.nextInt(extent - start + 1);
    check(
        apply(new Primitive.Slice(axis, Dim.of(start), Dim.of(stop), step), x),
        with(shape, axis, (stop - start + step - 1) / step),
        index -> Naive.get(x, with(index, axis, start + index[axis] * step)));

    int low = random.nextInt(3);
    int high = random.nextInt(3);
    check(
        apply(new Primitive.Pad(axis, Dim.of(low), Dim.of(high), 1), x),
        with(shape, axis, extent + low + high),
        index -> {
          int at = index[axis] - low;
          return at < 0 || at >= extent ? 1 : Naive.get(x, with(index, axis, at));
        });

    int size = 1 + random.nextInt((extent - 1) / dilation + 1);
    List<Integer> windows = with(shape, axis, (extent - (size - 1) * dilation - 1) / step + 1);
    windows.add(size);
    check(
        apply(new Primitive.Window(axis, size, step, dilation), x),
        windows,
        index -> {
          int[] from = Arrays.copyOf(index, shape.size());
          from[axis] = index[axis] * step + index[shape.size()] * dilation;
          return Naive.get(x, from);
        });

    Tensor other = Naive.random(dtype, with(shape, axis, 1 + random.nextInt(4)), random);
    check(
        apply(new Primitive.Concat(axis), x, other, x),
        with(shape, axis, 2 * extent + Naive.shape(other).get(axis)),
        index -> {
          int at = index[axis];
          int second = extent + Naive.shape(other).get(axis);
          return at < extent
              ? Naive.get(x, index)
              : at < second
                  ? Naive.get(other, with(index, axis, at - extent))
                  : Naive.get(x, with(index, axis, at - second));
        });
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void reduces(
      @ForAll ReduceKind kind,
      @ForAll boolean integers,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 7) Integer> shape,
      @ForAll @IntRange(min = 0, max = 2) int anyAxis,
      @ForAll long seed) {
    Tensor x = Naive.random(integers ? DType.INT32 : DType.FLOAT32, shape, new Random(seed));
    int axis = anyAxis % shape.size();
    List<Integer> rest = new ArrayList<>(shape.subList(0, axis));
    rest.addAll(shape.subList(axis + 1, shape.size()));
    check(
        apply(new Primitive.Reduce(kind, axis), x),
        rest,
        index -> {
          double result = kind == ReduceKind.SUM ? 0 : Double.NaN;
          for (int i = 0; i < shape.get(axis); i++) {
            int[] from = new int[shape.size()];
            for (int j = 0; j < from.length; j++) {
              from[j] = j == axis ? i : index[j < axis ? j : j - 1];
            }
            double value = Naive.get(x, from);
            result =
                switch (kind) {
                  case SUM -> result + value;
                  case MAX -> i > 0 && result > value ? result : value;
                  case MIN -> i > 0 && result < value ? result : value;
                };
          }
          return result;
        });
  }

  /**
   * Each letter stands in both operands and the result, in one operand and the result, or in both
   * operands alone.
   */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void contracts(
      @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 0, max = 3) Integer> roles,
      @ForAll @Size(5) List<@IntRange(min = 1, max = 4) Integer> extents,
      @ForAll @IntRange(min = 1, max = 5) int depth,
      @ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder left = new StringBuilder("k");
    StringBuilder right = new StringBuilder("k");
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < roles.size(); i++) {
      char letter = (char) ('a' + i);
      left.append(roles.get(i) != 1 ? letter : "");
      right.append(roles.get(i) != 0 ? letter : "");
      out.append(roles.get(i) != 3 ? letter : "");
    }
    String l = shuffle(left, random);
    String r = shuffle(right, random);
    String o = shuffle(out, random);
    ToIntFunction<Character> extent = c -> c == 'k' ? depth : extents.get(c - 'a');
    Tensor a =
        Naive.random(
            DType.FLOAT32,
            l.chars().map(c -> extent.applyAsInt((char) c)).boxed().toList(),
            random);
    Tensor b =
        Naive.random(
            DType.FLOAT32,
            r.chars().map(c -> extent.applyAsInt((char) c)).boxed().toList(),
            random);
    String summed =
        l.chars()
            .filter(c -> o.indexOf(c) < 0)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    check(
        apply(new Primitive.Contract(l, r, o), a, b),
        o.chars().map(c -> extent.applyAsInt((char) c)).boxed().toList(),
        index -> {
          double sum = 0;
          for (double term :
              Naive.tabulate(
                  summed.chars().map(c -> extent.applyAsInt((char) c)).boxed().toList(),
                  inner ->
                      Naive.get(a, at(l, o, index, summed, inner))
                          * Naive.get(b, at(r, o, index, summed, inner)))) {
            sum += term;
          }
          return sum;
        });
  }

  private static int[] at(String letters, String out, int[] index, String summed, int[] inner) {
    return letters
        .chars()
        .map(c -> out.indexOf(c) >= 0 ? index[out.indexOf(c)] : inner[summed.indexOf(c)])
        .toArray();
  }

  private static String shuffle(CharSequence letters, Random random) {
    List<String> list = new ArrayList<>(List.of(letters.toString().split("(?!^)")));
    Collections.shuffle(list, random);
    return String.join("", list);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void gathers(
      @ForAll DType dtype,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 5) Integer> table,
      @ForAll @Size(max = 2) List<@IntRange(min = 0, max = 4) Integer> indices,
      @ForAll @IntRange(min = 0, max = 2) int anyAxis,
      @ForAll long seed) {
    Random random = new Random(seed);
    int axis = anyAxis % table.size();
    int rows = table.get(axis);
    Tensor x = Naive.random(dtype, table, random);
    int count = indices.stream().reduce(1, (a, b) -> a * b);
    int[] ids = random.ints(count, 0, rows).toArray();
    Tensor i = Tensors.ints(indices.stream().mapToLong(Integer::longValue).toArray(), ids);
    List<Integer> shape = new ArrayList<>(table.subList(0, axis));
    shape.addAll(indices);
    shape.addAll(table.subList(axis + 1, table.size()));
    check(
        apply(new Primitive.Gather(axis), x, i),
        shape,
        index -> {
          int[] from = new int[table.size()];
          for (int j = 0; j < from.length; j++) {
            from[j] = j < axis ? index[j] : j > axis ? index[j - 1 + indices.size()] : 0;
          }
          from[axis] = (int) Naive.get(i, Arrays.copyOfRange(index, axis, axis + indices.size()));
          return Naive.get(x, from);
        });
    if (count > 0) {
      ids[random.nextInt(count)] = random.nextBoolean() ? rows : -1;
      Tensor wrong = Tensors.ints(indices.stream().mapToLong(Integer::longValue).toArray(), ids);
      assertThatThrownBy(() -> apply(new Primitive.Gather(axis), x, wrong))
          .isInstanceOf(IndexOutOfRangeException.class);
    }
  }

  /** Softmax over any axis against its formula in double. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void composesSoftmax(
      @ForAll @Size(min = 2, max = 3) List<@IntRange(min = 1, max = 6) Integer> shape,
      @ForAll @IntRange(min = 0, max = 2) int anyAxis,
      @ForAll long seed) {
    Tensor x = Naive.random(DType.FLOAT32, shape, new Random(seed));
    int axis = anyAxis % shape.size();
    Tensor softmax = Operators.softmax(x, axis);
    double[] expected =
        Naive.tabulate(
            shape,
            index -> {
              double sum = 0;
              for (int i = 0; i < shape.get(axis); i++) {
                sum += Math.exp(Naive.get(x, with(index, axis, i)) - Naive.get(x, index));
              }
              return 1 / sum;
            });
    assertThat(Naive.values(softmax)).containsExactly(expected, within(1e-6));
  }
}
