package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The rule of {@link Primitive.Contract}: letters, extents and element types. */
final class ProductRule {
  private ProductRule() {}

  static TensorType infer(Primitive.Contract contract, List<TensorType> in) {
    String text = contract.left() + "," + contract.right() + "->" + contract.out();
    DType sums = sums(in.get(0), in.get(1));
    TreeMap<Character, Dim> extents = new TreeMap<>();
    for (int operand = 0; operand < 2; operand++) {
      String letters = operand == 0 ? contract.left() : contract.right();
      TensorType type = in.get(operand);
      if (letters.length() != type.rank()
          || letters.chars().distinct().count() != letters.length()) {
        throw new TensorTypeException(
            Reason.RANK,
            "the product "
                + text
                + " names "
                + letters.length()
                + " axes for "
                + type
                + ": one letter an axis, each once");
      }
      for (int axis = 0; axis < letters.length(); axis++) {
        Dim before = extents.putIfAbsent(letters.charAt(axis), type.dim(axis));
        if (before != null && !before.equals(type.dim(axis))) {
          throw new TensorTypeException(
              Reason.SHAPE,
              "a product of "
                  + in.get(0)
                  + " and "
                  + in.get(1)
                  + " does not fit: axis '"
                  + letters.charAt(axis)
                  + "' of "
                  + text
                  + " is "
                  + before
                  + " on the left and "
                  + type.dim(axis)
                  + " on the right");
        }
      }
    }
    List<Dim> shape = new ArrayList<>();
    for (char letter : contract.out().toCharArray()) {
      if (!extents.containsKey(letter)) {
        throw new TensorTypeException(
            Reason.SPECIFICATION,
            "the product " + text + " has '" + letter + "' in its result and in no operand");
      }
      shape.add(extents.get(letter));
    }
    for (char letter : (contract.left() + contract.right()).toCharArray()) {
      boolean summed = contract.out().indexOf(letter) < 0;
      boolean both = contract.left().indexOf(letter) >= 0 && contract.right().indexOf(letter) >= 0;
      if (summed && !both) {
        throw new TensorTypeException(
            Reason.SPECIFICATION,
            "the product "
                + text
                + " drops '"
                + letter
                + "', which is in one operand only; sum it before");
      }
    }
    if (contract.out().chars().distinct().count() != contract.out().length()
        || extents.keySet().stream().allMatch(letter -> contract.out().indexOf(letter) >= 0)) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          "the product " + text + " must sum over a letter and name each of its result once");
    }
    return new TensorType(sums, shape);
  }

  /** The type that products of two element types are summed in. */
  private static DType sums(TensorType left, TensorType right) {
    DType a = left.dtype();
    DType b = right.dtype();
    if (a == b && (a == DType.FLOAT32 || a == DType.BFLOAT16)) {
      return DType.FLOAT32;
    }
    if ((a == DType.UINT8 && b == DType.INT8) || (a == DType.INT8 && b == DType.UINT8)) {
      return DType.INT32;
    }
    throw new TensorTypeException(
        Reason.DTYPE,
        "a product takes f32 and f32, bf16 and bf16, or u8 and i8, not "
            + left
            + " and "
            + right
            + "; use cast(...) to change an element type");
  }
}
