package dev.tilewright.bench.peer;

import dev.tilewright.bench.model.GatedEncoder;
import dev.tilewright.bench.model.GatedLayer;
import dev.tilewright.runtime.Weights;

/** {@link GatedEncoder} in TorchScript. */
final class TorchGated {
  private TorchGated() {}

  static TorchText.Program of(Weights source) {
    TorchText text = new TorchText(source);
    text.line("x = torch.embedding(%s, ids)", text.weight("words.weight"));
    text.line("m = None");
    for (int i = 0; i < GatedEncoder.LAYERS; i++) {
      layer(text, "layer." + i + ".");
    }
    norm(text, "x", "x", "norm");
    text.line("return torch.mean(x, [1])");
    return text.program();
  }

  private static void layer(TorchText text, String name) {
    norm(text, "h", "x", name + "attention_norm");
    text.linear("q", "h", name + "query", false);
    text.linear("k", "h", name + "key", false);
    text.linear("v", "h", name + "value", false);
    text.attention(GatedLayer.HEADS, GatedLayer.DIM / GatedLayer.HEADS);
    text.linear("a", "a", name + "output", false);
    text.line("x = torch.add(x, a)");
    norm(text, "h", "x", name + "ffn_norm");
    text.linear("g", "h", name + "gate", false);
    text.linear("u", "h", name + "up", false);
    text.linear("d", "torch.mul(torch.silu(g), u)", name + "down", false);
    text.line("x = torch.add(x, d)");
  }

  private static void norm(TorchText text, String to, String from, String name) {
    String gain = text.weight(name + ".weight");
    text.line("%s = torch.rms_norm(%s, [%d], %s, 1e-6)", to, from, GatedLayer.DIM, gain);
  }
}
