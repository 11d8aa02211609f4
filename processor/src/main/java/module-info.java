/** The annotation processor. */
module dev.tilewright.processor {
  requires transitive java.compiler;
  requires jdk.compiler;
  requires dev.tilewright;
  requires transitive dev.tilewright.codegen;
  requires dev.tilewright.toolchain;
  requires com.palantir.javapoet;
  requires static transitive com.google.auto.service;

  uses dev.tilewright.codegen.Target;

  exports dev.tilewright.processor;

  provides javax.annotation.processing.Processor with
      dev.tilewright.processor.TilewrightProcessor;
}
