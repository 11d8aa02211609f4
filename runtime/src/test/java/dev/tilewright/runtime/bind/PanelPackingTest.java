package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PanelPackingTest {
  private final Random random = new Random(7);

  /**
   * Every combination of storage (rows, or a transposed view) and declaration (straight or
   * transposed).
   */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void packsAsTheFormulaSays(
      @ForAll @IntRange(min = 1, max = 50) int width,
      @ForAll @IntRange(min = 1, max = 40) int depth,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 70) Integer> columns,
      @ForAll boolean transposed,
      @ForAll boolean storedTransposed) {
    List<float[][]> parts = new ArrayList<>();
    List<WeightTensor> tensors = new ArrayList<>();
    for (int count : columns) {
      float[][] part = matrix(count, depth);
      parts.add(part);
      float[][] declared = transposed ? transpose(part) : part;
      tensors.add(tensor("w" + tensors.size(), declared, storedTransposed));
    }
    Layout.Panels layout = new Layout.Panels(width, transposed);
    int total = columns.stream().mapToInt(Integer::intValue).sum();
    int panels = (total + width - 1) / width;
    assertThat(PanelPacking.bytes(layout, types(tensors))).isEqualTo(4L * panels * width * depth);
    MemorySegment out = MemorySegment.ofArray(new float[panels * width * depth]);
    out.fill((byte) 1);
    PanelPacking.pack(layout, tensors, out);
    List<float[]> all = parts.stream().flatMap(Arrays::stream).toList();
    for (int panel = 0; panel < panels; panel++) {
      for (int k = 0; k < depth; k++) {
        for (int lane = 0; lane < width; lane++) {
          int column = panel * width + lane;
          float expected = column < total ? all.get(column)[k] : 0;
          assertThat(out.getAtIndex(JAVA_FLOAT, ((long) panel * depth + k) * width + lane))
              .isEqualTo(expected);
        }
      }
    }
  }

  /** Neighbours of a column side by side, in the panels' own type. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void groupsNarrowElements(
      @ForAll @IntRange(min = 1, max = 50) int width,
      @ForAll @IntRange(min = 1, max = 9) int groups,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll boolean bytes) {
    int group = bytes ? 4 : 2;
    int depth = group * groups;
    DType element = bytes ? DType.INT8 : DType.BFLOAT16;
    float[][] matrix = matrix(columns, depth);
    for (float[] row : matrix) {
      for (int k = 0; k < depth; k++) {
        row[k] = (float) element.of(row[k] * 256 - 128);
      }
    }
    Layout.Panels layout = new Layout.Panels(width, false, element, group);
    List<WeightTensor> tensors = List.of(tensor("w", matrix, false));
    MemorySegment out =
        MemorySegment.ofArray(new byte[(int) PanelPacking.bytes(layout, types(tensors))]);
    PanelPacking.pack(layout, tensors, out);
    for (int c = 0; c < Math.ceilDiv(columns, width) * width; c++) {
      for (int k = 0; k < depth; k++) {
        long row = (long) c / width * groups + k / group;
        long at = (row * width + c % width) * group + k % group;
        double packed =
            bytes
                ? out.get(ValueLayout.JAVA_BYTE, at)
                : DType.bfloat16Value(out.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, at));
        assertThat(packed).isEqualTo(c < columns ? matrix[c][k] : 0);
      }
    }
  }

  /** Half as long where elements have four bits. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void packsQuants(
      @ForAll @IntRange(min = 1, max = 50) int width,
      @ForAll @IntRange(min = 1, max = 9) int blocks,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll @IntRange(min = 4, max = 8) int bits) {
    int depth = 8 * blocks;
    byte[] quants = new byte[columns * depth];
    for (int i = 0; i < quants.length; i++) {
      quants[i] = (byte) random.nextInt(1 << bits);
    }
    quants[0] = (byte) ((1 << bits) - 1);
    WeightTensor all =
        WeightTensor.of(
            "w",
            WeightType.U8,
            List.of((long) columns, (long) depth),
            MemorySegment.ofArray(quants));
    Layout.QuantPanels layout = new Layout.QuantPanels(width);
    TensorType type = TensorType.of(DType.UINT8, columns, depth);
    MemorySegment out =
        MemorySegment.ofArray(new byte[(int) QuantPacking.bytes(layout, List.of(type))]);
    QuantPacking.pack(layout, List.of(all), out);
    boolean nibbles = bits == 4;
    assertThat(out.get(ValueLayout.JAVA_INT_UNALIGNED, 0))
        .isEqualTo(nibbles ? 4 : Math.max(bits, 7));
    for (int c = 0; c < Math.ceilDiv(columns, width) * width; c++) {
      for (int k = 0; k < depth; k++) {
        int group = nibbles ? 8 : 4;
        long row = (long) c / width * (depth / group) + k / group;
        long at = Layout.QuantPanels.HEADER + (row * width + c % width) * 4 + k % 4;
        int packed = Byte.toUnsignedInt(out.get(ValueLayout.JAVA_BYTE, at));
        int element = nibbles ? (packed >> (k / 4 % 2 * 4)) & 15 : packed;
        assertThat(element).isEqualTo(c < columns ? quants[c * depth + k] & 0xFF : 0);
      }
    }
  }

  /** Scales as binary16 where they are, offsets as a factor where they are multiples of them. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void packsScales(
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll @IntRange(min = 1, max = 9) int depth,
      @ForAll @IntRange(min = 1, max = 50) int columns,
      @ForAll boolean halves,
      @ForAll boolean multiples) {
    float[] scales = new float[columns * depth];
    float[] offsets = new float[columns * depth];
    for (int i = 0; i < scales.length; i++) {
      float value = (float) random.nextGaussian();
      float offset = (float) random.nextGaussian();
      scales[i] = halves ? Float.float16ToFloat(Float.floatToFloat16(value)) : value;
      offsets[i] = multiples ? -8 * scales[i] : offset;
    }
    WeightTensor scale = WeightTensor.of("s", scales, columns, depth);
    WeightTensor offset = WeightTensor.of("o", offsets, columns, depth);
    TensorType type = TensorType.of(DType.FLOAT32, columns, depth);
    Layout.ScalePanels ofScales = new Layout.ScalePanels(width, false);
    Layout.ScalePanels ofOffsets = new Layout.ScalePanels(width, true);
    int bytes = (int) ScalePacking.bytes(ofScales, List.of(type));
    MemorySegment packed = MemorySegment.ofArray(new byte[bytes]);
    ScalePacking.pack(ofScales, List.of(scale), packed);
    assertThat(packed.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(halves ? 16 : 32);
    for (int c = 0; c < columns; c++) {
      for (int k = 0; k < depth; k++) {
        long row = (long) c / width * Math.ceilDiv(depth, halves ? 2 : 1) + (halves ? k / 2 : k);
        long at = Layout.ScalePanels.HEADER + 4 * (row * width + c % width);
        float value =
            halves
                ? Float.float16ToFloat(
                    packed.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + k % 2 * 2L))
                : packed.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        assertThat(value).isEqualTo(scales[c * depth + k]);
      }
    }
    packed.fill((byte) 0);
    ScalePacking.pack(ofOffsets, List.of(offset, scale), packed);
    if (multiples) {
      assertThat(packed.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isZero();
      assertThat(packed.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4)).isEqualTo(-8);
    } else if (offsets.length > 1) {
      // A single offset is by chance a multiple of its scale.
      assertThat(packed.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(32);
    }
  }

  @Test
  void laysWeightsOutOneAfterAnother() {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    tensors.put("a", WeightTensor.of("a", new float[] {1, 2, 3}, 3));
    tensors.put("b", WeightTensor.of("b", new float[] {4, 5}, 2));
    List<WeightRecipe> recipes =
        List.of(
            new WeightRecipe(new Layout.Plain(), List.of(part("a", "f32[3]"), part("b", "f32[2]"))),
            new WeightRecipe(new Layout.Plain(), List.of(part("b", "f32[2]"))));
    try (Arena arena = Arena.ofShared()) {
      WeightBlock block = WeightBlock.prepare(recipes, Weights.of(tensors), true, arena, () -> {});
      assertThat(floats(block, 0, 5)).containsExactly(1, 2, 3, 4, 5);
      assertThat(floats(block, 1, 2)).containsExactly(4, 5);
      assertThat(block.memory().byteSize()).isEqualTo(128);
    }
  }

  @Test
  void readsWeightsThatBelongToTheLoadingThread() {
    try (Arena own = Arena.ofConfined();
        Arena arena = Arena.ofShared()) {
      Map<String, WeightTensor> tensors = new LinkedHashMap<>();
      List<WeightRecipe> recipes = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        MemorySegment data = own.allocateFrom(JAVA_FLOAT, i, i + 1);
        tensors.put("w" + i, WeightTensor.of("w" + i, WeightType.F32, List.of(2L), data));
        recipes.add(new WeightRecipe(new Layout.Plain(), List.of(part("w" + i, "f32[2]"))));
      }
      WeightBlock block = WeightBlock.prepare(recipes, Weights.of(tensors), true, arena, () -> {});
      assertThat(floats(block, 63, 2)).containsExactly(63, 64);
    }
  }

  @SuppressWarnings("restricted")
  private static float[] floats(WeightBlock block, int index, int count) {
    long address = block.table().getAtIndex(ValueLayout.JAVA_LONG, index);
    assertThat(address % 64).isZero();
    return MemorySegment.ofAddress(address).reinterpret(4L * count).toArray(JAVA_FLOAT);
  }

  private static List<TensorType> types(List<WeightTensor> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                TensorType.of(
                    DType.FLOAT32, tensor.shape().stream().mapToLong(Long::longValue).toArray()))
        .toList();
  }

  private static Part part(String name, String type) {
    return new Part(name, TensorType.parse(type), "Here.java:1");
  }

  private float[][] matrix(int rows, int columns) {
    float[][] matrix = new float[rows][columns];
    for (float[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextFloat();
      }
    }
    return matrix;
  }

  private static float[][] transpose(float[][] matrix) {
    float[][] transposed = new float[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }

  private static WeightTensor tensor(String name, float[][] matrix, boolean storedTransposed) {
    float[][] stored = storedTransposed ? transpose(matrix) : matrix;
    float[] values = new float[stored.length * stored[0].length];
    for (int i = 0; i < stored.length; i++) {
      System.arraycopy(stored[i], 0, values, i * stored[0].length, stored[0].length);
    }
    WeightTensor tensor = WeightTensor.of(name, values, stored.length, stored[0].length);
    return storedTransposed ? tensor.transposed() : tensor;
  }
}
