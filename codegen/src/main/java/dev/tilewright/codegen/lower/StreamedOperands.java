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
    StreamedOperands inPlace = inPlace(region, scope);
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
    if (inPlace.paired()) {
      values = Optional.of(KeyRows.ofPairs(scope, machine, value, region.keys(), region.width()));
    } else if (packed) {
      Buffer source = scope.buffer(value.buffer(), value.dtype());
      values =
          Optional.of(
              KeyRows.of(scope, machine, source, value.offset(), region.keys(), region.width()));
    }
    return new StreamedOperands(region, scope, inPlace.score, inPlace.words, keys, values);
  }

  /** Nothing packed beforehand. */
  static StreamedOperands inPlace(Region.Streamed region, KernelScope scope) {
    Optional<Words> words = words(region);
    ProductStep step =
        words.isPresent() ? inWords(region.key(), region.query()) : ProductStep.MULTIPLY_ADD;
    return new StreamedOperands(region, scope, step, words, Optional.empty(), Optional.empty());
  }

  private static ProductStep inWords(Element.Read left, Element.Read right) {
    return ProductStep.ofWords(left.dtype(), right.dtype()).orElseThrow();
  }

  /** The depth in words, if there is a product of words and the keys lie so in memory. */
  private static Optional<Words> words(Region.Streamed region) {
    return ProductStep.ofWords(region.key().dtype(), region.query().dtype())
        .filter(step -> Words.divides(region.depth(), step.elements()))
        .map(step -> new Words(region.depth().name(), step.elements()))
        .filter(cut -> cut.inPlace(region.key().offset()) != null);
  }

  /** Whether values and weights are words of two keys. */
  boolean paired() {
    return region.weight().dtype() == DType.BFLOAT16 && region.value().dtype() == DType.BFLOAT16;
  }

  /** How many keys a step of the values' sum takes. */
  int keysInStep() {
    return accumulation().elements();
  }

  /** The step of the values' sum. */
  ProductStep accumulation() {
    return paired()
        ? ProductStep.ofWords(region.value().dtype(), region.weight().dtype()).orElseThrow()
        : ProductStep.MULTIPLY_ADD;
  }

  /** The weight as it is computed; storing words rounds as the cast does. */
  Element weight() {
    return paired() && region.weight() instanceof Element.Cast cast
        ? cast.operand()
        : region.weight();
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

  /** Whether queries can be a tile's rows as they lie in memory. */
  static boolean hasQueryRows(Region.Streamed region) {
    return words(region).map(cut -> cut.inPlace(region.query().offset()) != null).orElse(true);
  }

  /** The queries, a tile's rows. */
  TileOperand queryRows(Axis rows, Axis keys) {
    Element.Read query = region.query();
    Affine offset = query.offset();
    return words.isEmpty()
        ? TileOperand.inPlace(scope.buffer(query.buffer(), query.dtype()), offset, rows, keys)
        : TileOperand.inPlace(
            scope.buffer(query.buffer(), DType.INT32), words.get().inPlace(offset), rows, keys);
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
    return TileOperand.inPlace(
        scope.buffer(value.buffer(), value.dtype()), valueOffset(key), region.width(), queries);
  }

  /** Of the values in place, at a key. */
  Affine valueOffset(Affine key) {
    return region
        .value()
        .offset()
        .substitute(
            name -> name.equals(region.keys().name()) ? key : Affine.of(new Affine.Term.Of(name)));
  }
}
