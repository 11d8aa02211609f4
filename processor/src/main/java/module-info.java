/** The annotation processor. */
module dev.tilewright.processor {
  requires java.compiler;
  requires jdk.compiler;
  requires dev.tilewright;
  requires dev.tilewright.codegen;
  requires dev.tilewright.toolchain;
  requires com.palantir.javapoet;
  requires static com.google.auto.service;
}
