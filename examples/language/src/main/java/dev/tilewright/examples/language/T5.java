package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.concat;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.relativeBuckets;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Parameter;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * T5 1.1 (<a href="https://arxiv.org/abs/2002.05202">Shazeer</a>) as GGUF files have it, without
 * its sizes: an encoder and a decoder that add a bias of its own for each head and range of
 * distances to unscaled scores. A model extends this and has constants for {@code WORDS}, {@code
 * DIM}, {@code HEADS}, {@code HEAD}, {@code FFN} and the {@code CONTEXT} that a session can hold: a
 * source and its answer.
 */
@Block
public interface T5 {
  int BUCKETS = 32;
  int FARTHEST = 128;

  /** Attention to the tokens themselves, and a gated MLP. */
  @Block
  interface Layer {
    @RmsNorm
    @Weights("attn_norm")
    Tensor attentionNorm(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("attn_q")
    Tensor query(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("attn_k")
    Tensor key(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("attn_v")
    Tensor value(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("attn_o")
    Tensor project(Tensor x);

    @RmsNorm
    @Weights("ffn_norm")
    Tensor mlpNorm(Tensor x);

    @Linear(size = "FFN", bias = false)
    @Weights("ffn_gate")
    Tensor gate(Tensor x);

    @Linear(size = "FFN", bias = false)
    @Weights("ffn_up")
    Tensor up(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("ffn_down")
    Tensor down(Tensor x);

    /** Of all attention in the model. */
    AttentionOptions options();

    default Tensor encode(Tensor x, Tensor bias) {
      var in = attentionNorm(x);
      var attended = attention(query(in), key(in), value(in), options().bias(bias));
      return think(x.plus(project(attended)));
    }

    default Tensor think(Tensor x) {
      var in = mlpNorm(x);
      return x.plus(down(geluTanh(gate(in)).times(up(in))));
    }
  }

  /** Attention to the decoder's own tokens, to the encoder's, and a gated MLP. */
  @Block
  interface DecoderLayer extends Layer {
    @RmsNorm
    @Weights("cross_attn_norm")
    Tensor crossNorm(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("cross_attn_q")
    Tensor crossQuery(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("cross_attn_k")
    Tensor crossKey(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("cross_attn_v")
    Tensor crossValue(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("cross_attn_o")
    Tensor crossProject(Tensor x);

    /** The keys of the encoder's tokens, which come first, and of the answer's. */
    @State(size = "CONTEXT")
    Tensor keyCache(Tensor keys);

    @State(size = "CONTEXT")
    Tensor valueCache(Tensor values);

    /** Of a whole answer to what the encoder saw. */
    default Tensor decode(Tensor x, Tensor seen, Tensor distances) {
      var in = attentionNorm(x);
      return attend(x, key(in), value(in), crossKey(seen), crossValue(seen), distances);
    }

    /** Of how an answer begins, which a session remembers behind what the encoder saw. */
    default Tensor begin(Tensor x, Tensor seen, Tensor distances) {
      var in = attentionNorm(x);
      var k = keyCache(concat(1, crossKey(seen), key(in)));
      var v = valueCache(concat(1, crossValue(seen), value(in)));
      return recall(x, k, v, seen.dim(1), distances);
    }

    /** Of what comes next, where the encoder saw so many tokens. */
    default Tensor go(Tensor x, Dim source, Tensor distances) {
      var in = attentionNorm(x);
      return recall(x, keyCache(key(in)), valueCache(value(in)), source, distances);
    }

    private Tensor recall(Tensor x, Tensor k, Tensor v, Dim source, Tensor distances) {
      return attend(
          x,
          k.slice(1, source, k.dim(1)),
          v.slice(1, source, v.dim(1)),
          k.slice(1, Dim.ZERO, source),
          v.slice(1, Dim.ZERO, source),
          distances);
    }

    /** Lets the last tokens of an answer look at all of it, and at what the encoder saw. */
    private Tensor attend(
        Tensor x, Tensor k, Tensor v, Tensor seenKeys, Tensor seenValues, Tensor distances) {
      var places = iota(k, 1);
      var last = places.slice(0, k.dim(1).minus(x.dim(1)), k.dim(1));
      var bias = bias(distances, relativeBuckets(last, places, BUCKETS, FARTHEST, false));
      var how = options().bias(bias).causal(true);
      var y = x.plus(project(attention(query(attentionNorm(x)), k, v, how)));
      var q = crossQuery(crossNorm(y));
      return think(y.plus(crossProject(attention(q, seenKeys, seenValues, options()))));
    }
  }

  int layers();

  @Embedding(size = {"WORDS", "DIM"})
  @Weights("token_embd")
  Tensor words(Tensor ids);

  @Parameter
  @Shape({"BUCKETS", "HEADS"})
  @Weights("enc.blk.0.attn_rel_b.weight")
  Tensor encoderDistances();

  @Parameter
  @Shape({"BUCKETS", "HEADS"})
  @Weights("dec.blk.0.attn_rel_b.weight")
  Tensor decoderDistances();

  Layer encoder(int i);

  @RmsNorm
  @Weights("enc.output_norm")
  Tensor encoderNorm(Tensor x);

  DecoderLayer decoder(int i);

  @RmsNorm
  @Weights("dec.output_norm")
  Tensor decoderNorm(Tensor x);

  @Linear(size = "WORDS", bias = false)
  @Weights("output")
  Tensor head(Tensor x);

  /** What the encoder makes of the words of a source: {@code [1, S]} to {@code [1, S, width]}. */
  @Entry
  default @Shape({"1", "S", "DIM"}) Tensor encode(@Shape({"1", "S"}) @Int32 Tensor source) {
    return see(source);
  }

  /**
   * Logits {@code [1, T, words]} of what follows each of the words of a whole answer, which begins
   * with the padding's id.
   *
   * @param seen by {@link #encode}
   */
  @Entry
  default @Shape({"1", "T", "WORDS"}) Tensor decode(
      @Shape({"1", "T"}) @Int32 Tensor ids, @Shape({"1", "S", "DIM"}) Tensor seen) {
    var x = words(ids);
    for (int i = 0; i < layers(); i++) {
      x = decoder(i).decode(x, seen, decoderDistances());
    }
    return head(decoderNorm(x));
  }

  /**
   * Reads a source and how its answer begins into a session that holds nothing yet: logits {@code
   * [1, words]} of what follows.
   */
  @Entry
  default @Shape({"1", "WORDS"}) Tensor answer(
      @Shape({"1", "S"}) @Int32 Tensor source, @Shape({"1", "T"}) @Int32 Tensor ids) {
    var seen = see(source);
    var x = words(ids);
    for (int i = 0; i < layers(); i++) {
      x = decoder(i).begin(x, seen, decoderDistances());
    }
    return last(x);
  }

  /**
   * Logits {@code [1, words]} of what follows an answer, these words last.
   *
   * @param source that {@link #answer} was told; its length says where in the session the answer is
   */
  @Entry
  default @Shape({"1", "WORDS"}) Tensor next(
      @Shape({"1", "S"}) @Int32 Tensor source, @Shape({"1", "T"}) @Int32 Tensor ids) {
    var x = words(ids);
    for (int i = 0; i < layers(); i++) {
      x = decoder(i).go(x, source.dim(1), decoderDistances());
    }
    return last(x);
  }

  private Tensor see(Tensor source) {
    var x = words(source);
    var at = iota(source, 1);
    var bias = bias(encoderDistances(), relativeBuckets(at, at, BUCKETS, FARTHEST, true));
    for (int i = 0; i < layers(); i++) {
      x = encoder(i).encode(x, bias);
    }
    return encoderNorm(x);
  }

  private Tensor last(Tensor x) {
    return head(decoderNorm(x.slice(1, x.dim(1).minus(1), x.dim(1)).squeeze(1)));
  }

  private static Tensor bias(Tensor distances, Tensor buckets) {
    return distances.gather(0, buckets).transpose(2, 0, 1).unsqueeze(0);
  }
}
