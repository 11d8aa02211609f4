package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.relativeBuckets;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Tensor;

/**
 * T5 1.1 (<a href="https://arxiv.org/abs/2002.05202">Shazeer</a>) without its sizes: an encoder and
 * a decoder that add a bias of its own for each head and range of distances to unscaled scores.
 */
@Block
public interface T5 {
  int BUCKETS = 32;
  int FARTHEST = 128;

  /** Attention to the tokens themselves, and a gated MLP. */
  @Block
  interface Layer {
    Tensor attentionNorm(Tensor x);

    Tensor query(Tensor x);

    Tensor key(Tensor x);

    Tensor value(Tensor x);

    Tensor project(Tensor x);

    Tensor mlpNorm(Tensor x);

    Tensor gate(Tensor x);

    Tensor up(Tensor x);

    Tensor down(Tensor x);

    /** Of all attention in the model. */
    AttentionOptions options();

    default Tensor attend(Tensor x, Tensor bias, boolean causal) {
      var in = attentionNorm(x);
      var how = options().bias(bias).causal(causal);
      return x.plus(project(attention(query(in), key(in), value(in), how)));
    }

    default Tensor think(Tensor x) {
      var in = mlpNorm(x);
      return x.plus(down(geluTanh(gate(in)).times(up(in))));
    }
  }

  /** Attention to the decoder's own tokens, to the encoder's, and a gated MLP. */
  @Block
  interface DecoderLayer extends Layer {
    Tensor crossNorm(Tensor x);

    Tensor crossQuery(Tensor x);

    Tensor crossKey(Tensor x);

    Tensor crossValue(Tensor x);

    Tensor crossProject(Tensor x);

    default Tensor look(Tensor x, Tensor seen) {
      var q = crossQuery(crossNorm(x));
      return x.plus(crossProject(attention(q, crossKey(seen), crossValue(seen), options())));
    }
  }

  int layers();

  Tensor words(Tensor ids);

  /** {@code [buckets, heads]}. */
  Tensor encoderDistances();

  Tensor decoderDistances();

  Layer encoder(int i);

  Tensor encoderNorm(Tensor x);

  DecoderLayer decoder(int i);

  Tensor decoderNorm(Tensor x);

  Tensor head(Tensor x);

  /** What the encoder makes of the words: {@code [1, S]} to {@code [1, S, width]}. */
  default Tensor see(Tensor ids) {
    var x = words(ids);
    var at = iota(ids, 1);
    var bias = bias(encoderDistances(), relativeBuckets(at, at, BUCKETS, FARTHEST, true));
    for (int i = 0; i < layers(); i++) {
      x = encoder(i).think(encoder(i).attend(x, bias, false));
    }
    return encoderNorm(x);
  }

  /** Logits {@code [1, T, words]} of what follows each of the words {@code [1, T]}. */
  default Tensor predict(Tensor ids, Tensor seen) {
    var x = words(ids);
    var at = iota(ids, 1);
    var bias = bias(decoderDistances(), relativeBuckets(at, at, BUCKETS, FARTHEST, false));
    for (int i = 0; i < layers(); i++) {
      x = decoder(i).think(decoder(i).look(decoder(i).attend(x, bias, true), seen));
    }
    return head(decoderNorm(x));
  }

  private static Tensor bias(Tensor distances, Tensor buckets) {
    return distances.gather(0, buckets).transpose(2, 0, 1).unsqueeze(0);
  }
}
