package dev.tilewright.text;

import dev.tilewright.runtime.Weights;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Text to token ids and back, as the metadata of a GGUF file describes it. Two kinds are known:
 * byte-level byte-pair encoding ("gpt2": GPT-2, SmolLM2, Llama 3, Qwen) and SentencePiece's
 * byte-pair encoding with scores ("llama": Llama 2, Gemma 3). Immutable; safe for use by several
 * threads.
 *
 * {@snippet :
 * try (Weights weights = Weights.open(Path.of("model.gguf"))) {
 *   Tokenizer tokenizer = Tokenizer.of(weights);
 *   int[] ids = tokenizer.encode("Call me Ishmael.");
 *   String text = tokenizer.decode(ids);   // gives "Call me Ishmael."
 * }
 * }
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final TextEncoder encoder;
  private final SpecialTokens ownTokens;
  private final SpecialTokens allTokens;
  private final OptionalInt bos;
  private final OptionalInt eos;
  private final boolean addsBos;
  private final boolean addsEos;

  private Tokenizer(TokenizerMetadata metadata) {
    String model = metadata.model();
    vocabulary = Vocabulary.of(metadata);
    encoder =
        switch (model) {
          case "gpt2" -> new ByteLevelEncoder(metadata, vocabulary);
          case "llama" -> new ScoreEncoder(metadata, vocabulary);
          default ->
              throw new TokenizerException(
                  "%s is \"%s\"; \"gpt2\" (byte-level) and \"llama\" (SentencePiece) are known."
                      .formatted(TokenizerMetadata.MODEL, model));
        };
    ownTokens = new SpecialTokens(vocabulary, false);
    allTokens = new SpecialTokens(vocabulary, true);
    bos = metadata.id("bos", vocabulary.size());
    eos = metadata.id("eos", vocabulary.size());
    addsBos = adds(metadata, "bos", encoder.addsBos() && bos.isPresent(), bos);
    addsEos = adds(metadata, "eos", false, eos);
  }

  private static boolean adds(
      TokenizerMetadata metadata, String name, boolean byDefault, OptionalInt id) {
    String key = "tokenizer.ggml.add_" + name + "_token";
    boolean adds = metadata.flag(key, byDefault);
    if (adds && id.isEmpty()) {
      throw new TokenizerException(
          "%s is true, but there is no tokenizer.ggml.%s_token_id.".formatted(key, name));
    }
    return adds;
  }

  /**
   * The tokenizer of a GGUF file. It keeps nothing of {@code weights}, which may be closed.
   *
   * @throws TokenizerException if the file describes none, a damaged one or one of an unknown kind
   */
  public static Tokenizer of(Weights weights) {
    return of(weights.metadata());
  }

  /**
   * The tokenizer that entries under GGUF's keys describe.
   *
   * @param metadata entries as {@link Weights#metadata} gives them
   * @throws TokenizerException if they describe none, a damaged one or one of an unknown kind
   */
  public static Tokenizer of(Map<String, Object> metadata) {
    return new Tokenizer(new TokenizerMetadata(metadata));
  }

  /** How many tokens there are: ids are below. */
  public int size() {
    return vocabulary.size();
  }

  /**
   * The ids of a text, with BOS before and EOS after it if the file asks for them. Whatever looks
   * like a control token in the text is text, so that a user's words cannot forge one.
   *
   * {@snippet :
   * int[] ids = tokenizer.encode("Call me Ishmael.");
   * }
   */
  public int[] encode(String text) {
    return encode(text, true, false);
  }

  /**
   * The ids of a text. Half a surrogate pair counts as U+FFFD.
   *
   * {@snippet :
   * int[] ids = tokenizer.encode("<|im_start|>user\nHi<|im_end|>\n", false, true);
   * }
   *
   * @param addSpecial whether BOS and EOS are added if the file asks for them
   * @param parseSpecial whether control tokens written out in the text become these tokens, as in
   *     the output of a {@link ChatTemplate}
   */
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntStream.Builder ids = IntStream.builder();
    if (addSpecial && addsBos) {
      ids.add(bos.getAsInt());
    }
    boolean afterSpecial = true;
    for (SpecialTokens.Part part :
        (parseSpecial ? allTokens : ownTokens).split(Utf8.wellFormed(text))) {
      if (part.token() == Vocabulary.NONE) {
        encoder.encode(part.text(), afterSpecial, ids);
      } else {
        ids.add(part.token());
      }
      afterSpecial = part.token() != Vocabulary.NONE;
    }
    if (addSpecial && addsEos) {
      ids.add(eos.getAsInt());
    }
    return ids.build().toArray();
  }

  /**
   * The text of ids, without control tokens. Bytes that are not UTF-8 become U+FFFD.
   *
   * {@snippet :
   * String text = tokenizer.decode(tokenizer.encode("Call me Ishmael."));
   * }
   *
   * @throws IllegalArgumentException if an id is not below {@link #size}
   */
  public String decode(int... ids) {
    StreamingDecoder decoder = decoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.next(id));
    }
    text.append(decoder.finish());
    boolean space = encoder.addsSpace() && !text.isEmpty() && text.charAt(0) == ' ';
    return space ? text.substring(1) : text.toString();
  }

  /** A decoder for tokens that come one by one and continue a text. */
  public StreamingDecoder decoder() {
    return new StreamingDecoder(this);
  }

  /**
   * The bytes that a token adds to the text: none for control tokens, and maybe a part of a
   * character.
   *
   * @throws IllegalArgumentException if the id is not below {@link #size}
   */
  public byte[] bytes(int id) {
    String text = vocabulary.text(id);
    return switch (vocabulary.kind(id)) {
      case NORMAL -> encoder.bytes(text);
      case USER_DEFINED -> text.getBytes(Utf8.CHARSET);
      case BYTE -> new byte[] {byteOf(text)};
      case UNKNOWN, CONTROL, UNUSED -> new byte[0];
    };
  }

  private static byte byteOf(String text) {
    try {
      return (byte) Integer.parseInt(text, 3, 5, 16);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new TokenizerException(
          "The token \"%s\" is of the kind of bytes, which are written <0x41>.".formatted(text));
    }
  }

  /**
   * How the vocabulary writes a token, control tokens included.
   *
   * @throws IllegalArgumentException if the id is not below {@link #size}
   */
  public String name(int id) {
    return vocabulary.text(id);
  }

  /** The id of a token by its {@link #name}, if there is one. */
  public OptionalInt id(String name) {
    int id = vocabulary.id(name);
    return id == Vocabulary.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The token that begins a text, if the file names one. */
  public OptionalInt bos() {
    return bos;
  }

  /** The token that ends a text, if the file names one. */
  public OptionalInt eos() {
    return eos;
  }

  /** Whether {@link #encode(String)} puts BOS first. */
  public boolean addsBos() {
    return addsBos;
  }

  /**
   * Whether an answer is over when the model gives this token: EOS, or one of the usual ends of a
   * turn, such as {@code <|im_end|>} and {@code <end_of_turn>}.
   *
   * @throws IllegalArgumentException if the id is not below {@link #size}
   */
  public boolean endsAnswer(int id) {
    return vocabulary.endsAnswer(id) || (eos.isPresent() && eos.getAsInt() == id);
  }
}
