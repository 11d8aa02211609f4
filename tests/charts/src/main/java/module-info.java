/** Drawings for the documentation. Depends on nothing. */
module dev.tilewright.charts {
  exports dev.tilewright.charts;
}
