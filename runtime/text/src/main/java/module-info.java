/** Between the metadata of a GGUF file and token ids, and from a prompt to an answer. */
module dev.tilewright.text {
  requires transitive dev.tilewright.runtime;
  requires java.desktop;
  requires jinjava;

  exports dev.tilewright.text;
  exports dev.tilewright.text.generation;
}
