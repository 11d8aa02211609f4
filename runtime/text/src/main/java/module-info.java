/** Between the metadata of a GGUF file and token ids, and from a prompt to an answer. */
module dev.tilewright.text {
  requires transitive dev.tilewright.runtime;
  requires com.fasterxml.jackson.core;
  requires java.desktop;
  requires jinjava;

  exports dev.tilewright.text;
  exports dev.tilewright.text.generation;
  exports dev.tilewright.text.grammar;
}
