/** Language models, declared. */
module dev.tilewright.examples.language {
  requires static java.compiler;
  requires transitive dev.tilewright;
  requires dev.tilewright.runtime;

  exports dev.tilewright.examples.language;
}
