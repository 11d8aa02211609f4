package dev.tilewright.text;

import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: by custom "system", "user" or "assistant"
 * @param content what is said
 */
public record ChatMessage(String role, String content) {
  /**
   * @throws NullPointerException if one is null
   */
  public ChatMessage {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(content, "content");
  }
}
