package dev.tilewright.codegen.fuse;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.gelu;
import static dev.tilewright.Operators.l2Normalize;
import static dev.tilewright.Operators.meanPool;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import java.util.List;

/**
 * A sentence encoder as the processor would build it: embeddings, a layer called several times,
 * pooling.
 */
public final class Encoder {
  private Encoder() {}

  /** A program with one entry, {@code embed(ids[B, S], mask[B, S])}. */
  public static Program program(int layers, int rows, int positions, int dim, int heads, int ffn) {
    Dim batch = Dim.symbol("B");
    Dim tokens = Dim.symbol("S");
    TensorType hidden = new TensorType(DType.FLOAT32, List.of(batch, tokens, Dim.of(dim)));
    TensorType ids = new TensorType(DType.INT32, List.of(batch, tokens));

    GraphBuilder block = new GraphBuilder("encoder_layer");
    Tensor x = block.input("x", hidden);
    Tensor mask = block.input("mask", ids);
    Tensor query = layer(block, new Layer.Linear("attention.self.query", dim, true), x, 10);
    Tensor key = layer(block, new Layer.Linear("attention.self.key", dim, true), x, 11);
    Tensor value = layer(block, new Layer.Linear("attention.self.value", dim, true), x, 12);
    block.at(
        new Origin(
            "EncoderLayer.java", 13, 5, "attention(query(x), key(x), value(x), HEADS, mask)"));
    Tensor attended = attention(query, key, value, heads, mask);
    Tensor projected =
        layer(block, new Layer.Linear("attention.output.dense", dim, true), attended, 14);
    Tensor y =
        layer(
            block,
            new Layer.LayerNorm("attention.output.LayerNorm", 1e-12f),
            x.plus(projected),
            15);
    Tensor up = layer(block, new Layer.Linear("intermediate.dense", ffn, true), y, 16);
    block.at(new Origin("EncoderLayer.java", 17, 5, "gelu(up(y))"));
    Tensor active = gelu(up);
    Tensor down = layer(block, new Layer.Linear("output.dense", dim, true), active, 18);
    Tensor out = layer(block, new Layer.LayerNorm("output.LayerNorm", 1e-12f), y.plus(down), 19);
    Function encoderLayer = block.finish(List.of(out));

    GraphBuilder entry = new GraphBuilder("embed");
    Tensor tokenIds = entry.input("ids", ids);
    Tensor tokenMask = entry.input("mask", ids);
    entry.at(new Origin("MiniLm.java", 20, 5, "words(ids)"));
    Tensor words = new Layer.Embedding("words", rows, dim).apply(List.of(tokenIds), entry::weight);
    Tensor places =
        new Layer.Parameter("positions.weight", TensorType.of(DType.FLOAT32, positions, dim))
            .apply(List.of(), entry::weight)
            .slice(0, Dim.ZERO, tokens);
    Tensor types =
        new Layer.Parameter("types.weight", TensorType.of(DType.FLOAT32, 2, dim))
            .apply(List.of(), entry::weight)
            .select(0, 0);
    Tensor h =
        new Layer.LayerNorm("norm", 1e-12f)
            .apply(List.of(words.plus(places).plus(types)), entry::weight);
    for (int i = 0; i < layers; i++) {
      entry.at(new Origin("MiniLm.java", 30, 5, "layer(i).forward(x, mask)"));
      h =
          entry
              .call(encoderLayer, "layer." + i + ".", List.of(h, tokenMask), List.of(hidden))
              .getFirst();
    }
    Tensor result = l2Normalize(meanPool(h, tokenMask));
    return new Program(
        "demo.MiniLm",
        List.of(encoderLayer, entry.finish(List.of(result))),
        List.of(new Program.EntryPoint("embed", "embed")));
  }

  private static Tensor layer(GraphBuilder builder, Layer layer, Tensor x, int line) {
    builder.at(new Origin("EncoderLayer.java", line, 5, layer.getClass().getSimpleName()));
    return layer.apply(List.of(x), builder::weight);
  }
}
