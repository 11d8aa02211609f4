package dev.tilewright.bench.peer;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The lines of a TorchScript method. Weights are passed in as a list, in the order in which the
 * text first names them.
 */
final class TorchText {
  private final Weights source;
  private final StringBuilder text = new StringBuilder();
  private final List<WeightTensor> weights = new ArrayList<>();

  /**
   * A method and what it is called with.
   *
   * @param forward {@code (ids [B, S], mask [B, 1, 1, S], weights) -> [B, width]}
   */
  record Program(String forward, List<WeightTensor> weights) {}

  TorchText(Weights source) {
    this.source = source;
    text.append(
        "def forward(self: __torch__.Module0, ids: Tensor, mask: Tensor, w: List[Tensor])"
            + " -> Tensor:\n");
    line("b = torch.size(ids, 0)");
    line("s = torch.size(ids, 1)");
  }

  Program program() {
    return new Program(text.toString(), List.copyOf(weights));
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be the only use of its library
  void line(String format, Object... arguments) {
    text.append("  ").append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  String weight(String name) {
    weights.add(
        source
            .find(name)
            .orElseThrow(() -> new IllegalStateException(source.origin() + " has no " + name)));
    return "w[" + (weights.size() - 1) + "]";
  }

  void linear(String to, String from, String name, boolean bias) {
    String matrix = weight(name + ".weight");
    String shift = bias ? weight(name + ".bias") : "None";
    line("%s = torch.linear(%s, %s, %s)", to, from, matrix, shift);
  }

  /** {@code a = attention(q, k, v)}, all {@code [B, S, heads*size]}, under the mask m. */
  void attention(int heads, int size) {
    for (String part : List.of("q", "k", "v")) {
      line(
          "%s = torch.transpose(torch.reshape(%s, [b, s, %d, %d]), 1, 2)", part, part, heads, size);
    }
    line("a = torch.scaled_dot_product_attention(q, k, v, m, 0., False)");
    line("a = torch.reshape(torch.transpose(a, 1, 2), [b, s, %d])", heads * size);
  }
}
