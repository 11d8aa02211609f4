package dev.tilewright.codegen.index;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.UnaryKind;

/**
 * One element of a tensor as a function of the axes of a region. What several users share is one
 * object; passes keep that sharing by identity.
 */
public sealed interface Element {
  DType dtype();

  record Constant(double value, DType dtype) implements Element {}

  /** The element of a buffer at an offset, counted in elements. */
  record Read(String buffer, DType dtype, Affine offset) implements Element {}

  /** What a reduction or contraction of the same region gave at the axes' present values. */
  record Local(String name, DType dtype) implements Element {}

  /** The value of an index, INT32. */
  record Position(Affine value) implements Element {
    @Override
    public DType dtype() {
      return DType.INT32;
    }
  }

  record Unary(UnaryKind kind, Element operand) implements Element {
    @Override
    public DType dtype() {
      return operand.dtype();
    }
  }

  record Binary(BinaryKind kind, Element left, Element right) implements Element {
    @Override
    public DType dtype() {
      return left.dtype();
    }
  }

  record Compare(CompareKind kind, Element left, Element right) implements Element {
    @Override
    public DType dtype() {
      return DType.BOOL;
    }
  }

  record Select(Element condition, Element yes, Element no) implements Element {
    @Override
    public DType dtype() {
      return yes.dtype();
    }
  }

  record Cast(DType dtype, Element operand) implements Element {}
}
