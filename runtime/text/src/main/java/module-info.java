/** Between the metadata of a GGUF file and token ids. */
module dev.tilewright.text {
  requires transitive dev.tilewright.runtime;
  requires java.desktop;
  requires jinjava;

  exports dev.tilewright.text;
}
