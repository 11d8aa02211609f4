/** Loads weights and runs models, eagerly or natively. */
module dev.tilewright.runtime {
  requires transitive dev.tilewright;
  requires com.google.protobuf;
}
