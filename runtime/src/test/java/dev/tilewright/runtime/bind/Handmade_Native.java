package dev.tilewright.runtime.bind;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.NativeModel;
import java.util.List;

/** As the package documentation of the runtime says that the annotation processor generates it. */
public final class Handmade_Native extends NativeModel implements Handmade {
  public static final List<String> SCHEMAS =
      List.of(
          "META-INF/tilewright/linux-x86_64/Handmade-plain.tw",
          "META-INF/tilewright/linux-x86_64/Handmade-best.tw");

  public Handmade_Native(NativeModel.Binding binding) {
    super(binding);
  }

  @Override
  public Tensor words(Tensor ids) {
    Tensor[] arguments = arguments(0);
    arguments[0] = ids;
    return run(0, arguments)[0];
  }

  @Override
  public Both twice(Tensor x, Tensor same) {
    Tensor[] arguments = arguments(1);
    arguments[0] = x;
    arguments[1] = same;
    return run(1, arguments, results -> new Both(results[0], results[1]));
  }

  @Override
  public Tensor spin(Tensor turns) {
    return run(2, turns)[0];
  }

  @Override
  public Tensor dense(Tensor x) {
    throw notCallable("dense");
  }
}
