/** Declarations of models: annotations, tensors and operators. Depends on nothing. */
module dev.tilewright {
  exports dev.tilewright;
  exports dev.tilewright.op;
  exports dev.tilewright.schema;
}
