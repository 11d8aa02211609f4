package dev.tilewright.processor.cface;

import dev.tilewright.schema.ModelSchema;

/**
 * The library of one target and precision in a static library.
 *
 * @param name the model's in C
 */
record CVariant(String name, ModelSchema schema) {
  /** What an entry's function is called where several targets lie side by side. */
  String symbol(String symbol) {
    return name + "_" + suffix() + "_" + symbol;
  }

  /** An identifier's part that tells it from the model's other variants. */
  String suffix() {
    return (schema.library().target() + "_" + schema.library().precision()).replace('-', '_');
  }
}
