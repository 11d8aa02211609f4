/** The compiler between graph and text; knows neither javac nor any target by name. */
module dev.tilewright.codegen {
  requires transitive dev.tilewright;

  exports dev.tilewright.codegen;
  exports dev.tilewright.codegen.cost;
  exports dev.tilewright.codegen.emit;
  exports dev.tilewright.codegen.fuse;
  exports dev.tilewright.codegen.graph;
  exports dev.tilewright.codegen.index;
  exports dev.tilewright.codegen.precision;
  exports dev.tilewright.codegen.tile;
  exports dev.tilewright.codegen.trace;
}
