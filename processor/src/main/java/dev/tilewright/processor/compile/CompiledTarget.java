package dev.tilewright.processor.compile;

import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;

/** A library of a model. */
public final class CompiledTarget {
  private final ModelSchema schema;
  private final byte[] library;

  public CompiledTarget(ModelSchema schema, byte[] library) {
    this.schema = schema;
    this.library = library.clone();
  }

  /** What the runtime must know; its library's resource is where the bytes go. */
  public ModelSchema schema() {
    return schema;
  }

  /** The library. */
  public byte[] library() {
    return library.clone();
  }

  /** The class-path resource of the schema. */
  public String schemaResource() {
    LibrarySchema described = schema.library();
    return "META-INF/tilewright/"
        + described.platform()
        + "/"
        + schema.model()
        + "-"
        + described.target()
        + ModelCompiler.suffix(described.precision())
        + ".tw";
  }
}
