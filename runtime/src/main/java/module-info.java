/** Loads weights and runs models, eagerly or natively. */
module dev.tilewright.runtime {
  requires transitive dev.tilewright;
  requires com.fasterxml.jackson.core;
  requires com.google.protobuf;

  exports dev.tilewright.runtime;
}
