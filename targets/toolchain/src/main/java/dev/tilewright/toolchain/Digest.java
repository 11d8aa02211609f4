package dev.tilewright.toolchain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * A SHA-256 over parts whose lengths are part of the content, so that no two sequences of parts
 * collide by joining.
 */
final class Digest {
  static final int BYTES = 32;

  private final MessageDigest sha256 = sha256();

  Digest add(String part) {
    return add(part.getBytes(StandardCharsets.UTF_8));
  }

  Digest add(Collection<String> parts) {
    add(Integer.toString(parts.size()));
    parts.forEach(this::add);
    return this;
  }

  Digest add(byte[] part) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).array());
    sha256.update(part);
    return this;
  }

  byte[] bytes() {
    return sha256.digest();
  }

  String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256", e);
    }
  }
}
