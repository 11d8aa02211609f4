/** Between the metadata of a GGUF file and token ids. */
module dev.tilewright.text {
  requires transitive dev.tilewright.runtime;

  exports dev.tilewright.text;
}
