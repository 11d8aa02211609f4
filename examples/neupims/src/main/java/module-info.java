/** Batched decode on a processor and a memory that computes. */
module dev.tilewright.examples.neupims {
  requires dev.tilewright.pim;

  exports dev.tilewright.examples.neupims;
}
