package dev.tilewright.bench.peer;

import dev.tilewright.runtime.Weights;
import java.util.List;

/**
 * all-MiniLM-L6-v2 in TorchScript: each layer one operator of PyTorch's own, attention its {@code
 * scaled_dot_product_attention}.
 */
final class TorchMiniLm {
  private static final int LAYERS = 6;
  private static final int WIDTH = 384;
  private static final int HEADS = 12;

  private final TorchText text;

  private TorchMiniLm(TorchText text) {
    this.text = text;
  }

  /**
   * @param masked whether sentences may be padded; without, PyTorch is spared the mask, as its
   *     users' libraries spare it
   */
  static TorchText.Program of(Weights source, boolean masked) {
    TorchText text = new TorchText(source);
    new TorchMiniLm(text).write(masked);
    return text.program();
  }

  private void write(boolean masked) {
    text.line("x = torch.embedding(%s, ids)", text.weight("embeddings.word_embeddings.weight"));
    String places = text.weight("embeddings.position_embeddings.weight");
    text.line("x = torch.add(x, torch.slice(%s, 0, 0, s))", places);
    String segments = text.weight("embeddings.token_type_embeddings.weight");
    text.line("x = torch.add(x, torch.select(%s, 0, 0))", segments);
    norm("x", "embeddings.LayerNorm");
    text.line("m = %s", masked ? "torch.expand(mask, [b, 1, s, s])" : "None");
    for (int i = 0; i < LAYERS; i++) {
      layer("encoder.layer." + i);
    }
    if (masked) {
      text.line("f = torch.type_as(torch.reshape(mask, [b, s, 1]), x)");
      text.line("p = torch.div(torch.sum(torch.mul(x, f), [1]), torch.sum(f, [1]))");
    } else {
      text.line("p = torch.mean(x, [1])");
    }
    text.line("return torch.div(p, torch.norm(p, 2, [1], True))");
  }

  private void layer(String name) {
    for (String part : List.of("query", "key", "value")) {
      text.linear(part.substring(0, 1), "x", name + ".attention.self." + part, true);
    }
    text.attention(HEADS, WIDTH / HEADS);
    text.linear("a", "a", name + ".attention.output.dense", true);
    norm("torch.add(a, x)", name + ".attention.output.LayerNorm");
    text.linear("h", "x", name + ".intermediate.dense", true);
    text.linear("h", "torch.gelu(h)", name + ".output.dense", true);
    norm("torch.add(h, x)", name + ".output.LayerNorm");
  }

  private void norm(String from, String name) {
    String scale = text.weight(name + ".weight");
    String shift = text.weight(name + ".bias");
    text.line("x = torch.layer_norm(%s, [%d], %s, %s, 1e-12, True)", from, WIDTH, scale, shift);
  }
}
