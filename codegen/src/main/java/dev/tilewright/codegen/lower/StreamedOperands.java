package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the operands of a streamed region reach the registers. Numbers of bf16 are multiplied in
 * words: of neighbours along the depth for the scores, of neighbouring keys for the values, which
 * are paired beforehand.
 *
 * @param score the step of the scores' sum
 * @param words the depth in words, if that step takes them
 * @param keys the packed keys, if they are
 * @param values the packed values, if they are
 */
record StreamedOperands(
    Region.Streamed region,
    KernelScope scope,
    ProductStep score,
    Optional<Words> words,
    Optional<KeyRows> keys,
    Optional<KeyRows> values) {
  /**
   * @param packed whether keys and values are to be packed side by side
   */
  static StreamedOperands of(
      Region.Streamed region, KernelScope scope, MachineModel machine, boolean packed) {
    Optional<ProductStep> dot =
        ProductStep.ofWords(region.key().dtype(), region.query().dtype())
            .filter(step -> Words.divides(region.depth(), step.elements()));
    Optional<Words> words =
        dot.map(step -> new Words(region.depth().name(), step.elements()))
            .filter(cut -> cut.inPlace(region.key().offset()) != null);
    StreamedOperands inPlace =
        new StreamedOperands(
            region,
            scope,
            words.flatMap(_ -> dot).orElse(ProductStep.MULTIPLY_ADD),
            words,
            Optional.empty(),
            Optional.empty());
    Optional<KeyRows> keys =
        packed
            ? Optional.of(
                KeyRows.of(
                    scope,
                    machine,
                    inPlace.keySource(),
                    inPlace.keyOffset(),
                    region.keys(),
                    inPlace.depth()))
            : Optional.empty();
    Element.Read value = region.value();
    Optional<KeyRows> values = Optional.empty();
    if (region.weight().dtype() == DType.BFLOAT16 && value.dtype() == DType.BFLOAT16) {
      values = Optional.of(KeyRows.ofPairs(scope, machine, value, region.keys(), region.width()));
    } else if (packed) {
      Buffer source = scope.buffer(value.buffer(), value.dtype());
      values =
          Optional.of(
              KeyRows.of(scope, machine, source, value.offset(), region.keys(), region.width()));
    }
    return new StreamedOperands(region, scope, inPlace.score, words, keys, values);
  }

  /** Whether values and weights are words of two keys. */
  boolean paired() {
    return values.isPresent() && values.get().paired();
  }

  /** What is to be packed for one point of the batch axes. */
  List<Statement> packing(Map<String, Index> positions) {
    List<Statement> all = new ArrayList<>();
    keys.ifPresent(rows -> all.addAll(rows.statements(positions)));
    values.ifPresent(rows -> all.addAll(rows.statements(positions)));
    return all;
  }

  boolean isPacked() {
    return keys.isPresent() || values.isPresent();
  }

  /** The summed axis of the scores, as the step counts it. */
  Axis depth() {
    return words.map(cut -> cut.over(List.of(region.depth())).getFirst()).orElse(region.depth());
  }

  /** The keys, a tile's rows. */
  TileOperand key(Axis queries) {
    return keys.map(
            rows ->
                TileOperand.inPlace(
                    rows.packed(), rows.at(Affine.axis(region.keys())), region.keys(), queries))
        .orElseGet(() -> TileOperand.inPlace(keySource(), keyOffset(), region.keys(), queries));
  }

  private Buffer keySource() {
    DType dtype = words.isPresent() ? DType.INT32 : region.key().dtype();
    return scope.buffer(region.key().buffer(), dtype);
  }

  private Affine keyOffset() {
    Affine offset = region.key().offset();
    return words.map(cut -> cut.inPlace(offset)).orElse(offset);
  }

  /**
   * The values, a tile's rows.
   *
   * @param key the keys or pairs of keys, in the axes that the sum runs over
   */
  TileOperand value(Affine key, Axis queries) {
    if (values.isPresent()) {
      KeyRows rows = values.get();
      return TileOperand.inPlace(rows.packed(), rows.at(key), region.width(), queries);
    }
    Element.Read value = region.value();
    Affine offset =
        value
            .offset()
            .substitute(
                name ->
                    name.equals(region.keys().name()) ? key : Affine.of(new Affine.Term.Of(name)));
    return TileOperand.inPlace(
        scope.buffer(value.buffer(), value.dtype()), offset, region.width(), queries);
  }
}
