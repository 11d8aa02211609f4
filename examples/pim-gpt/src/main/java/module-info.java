/** Decode of GPT-2 and GPT-3 in memory beside the host. */
module dev.tilewright.examples.pimgpt {
  requires static java.compiler;
  requires transitive dev.tilewright;
  requires transitive dev.tilewright.examples.language;
  requires dev.tilewright.pim;
  requires dev.tilewright.runtime;
  requires info.picocli;

  exports dev.tilewright.examples.pimgpt;

  opens dev.tilewright.examples.pimgpt to
      info.picocli;
}
