package dev.tilewright.processor.read;

import dev.tilewright.On;
import dev.tilewright.op.Layer;
import java.util.Optional;
import javax.lang.model.type.DeclaredType;

/** What a method without a body declares. */
sealed interface Member {
  /**
   * A layer.
   *
   * @param on the unit that is to compute it
   */
  record LayerMember(Layer layer, Optional<On.Unit> on) implements Member {}

  /**
   * A block.
   *
   * @param count how many there are; 0 if it stands once, without an index
   * @param pattern the prefix of its weights, with {@code {i}} for the index
   */
  record PartMember(DeclaredType type, int count, String pattern) implements Member {
    /**
     * The prefix of the weights within the block around, with a dot at the end unless it is empty.
     */
    String prefix(int index) {
      String prefix = pattern.replace("{i}", Integer.toString(index));
      return prefix.isEmpty() ? "" : prefix + ".";
    }
  }

  /** A declaration that was reported as faulty. */
  record Broken() implements Member {}
}
