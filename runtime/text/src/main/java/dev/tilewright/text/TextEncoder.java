package dev.tilewright.text;

import java.util.function.IntConsumer;

/** Turns text without special tokens into ids. */
interface TextEncoder {
  /**
   * @param text well-formed text
   * @param afterSpecial whether it begins the input or follows a special token
   */
  void encode(String text, boolean afterSpecial, IntConsumer ids);

  /** The bytes that an ordinary token stands for. */
  byte[] bytes(String token);

  boolean addsBos();

  /** Whether a space is put before the text, which decoding takes away again. */
  boolean addsSpace();
}
