package dev.tilewright.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/**
 * Text of tokens that come one by one. Bytes that may begin a character wait for the rest of it, so
 * no part of a character is ever given out; bytes that cannot be UTF-8 become U+FFFD. Not safe for
 * use by several threads.
 *
 * {@snippet :
 * StreamingDecoder decoder = tokenizer.decoder();
 * for (int id : ids) {
 *   System.out.print(decoder.next(id));
 * }
 * System.out.println(decoder.finish());
 * }
 */
public final class StreamingDecoder {
  private final Tokenizer tokenizer;
  private final CharsetDecoder utf8 =
      Utf8.CHARSET
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] waiting = new byte[0];

  StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * The characters that are complete with this token; maybe none.
   *
   * @throws IllegalArgumentException if the id is not one of the tokenizer
   */
  public String next(int id) {
    byte[] piece = tokenizer.bytes(id);
    return piece.length == 0 ? "" : decode(piece, false);
  }

  /** U+FFFD if a character was left unfinished; the decoder is as new afterwards. */
  public String finish() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] piece, boolean last) {
    ByteBuffer bytes =
        ByteBuffer.allocate(waiting.length + piece.length).put(waiting).put(piece).flip();
    CharBuffer characters = CharBuffer.allocate(bytes.remaining() + 1);
    utf8.decode(bytes, characters, last);
    if (last) {
      utf8.flush(characters);
      utf8.reset();
    }
    waiting = new byte[bytes.remaining()];
    bytes.get(waiting);
    return characters.flip().toString();
  }
}
