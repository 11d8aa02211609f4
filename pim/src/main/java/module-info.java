/** Command streams for memory that computes, and what runs them. Depends on nothing. */
module dev.tilewright.pim {
  exports dev.tilewright.pim.batch;
  exports dev.tilewright.pim.check;
  exports dev.tilewright.pim.command;
  exports dev.tilewright.pim.compute;
  exports dev.tilewright.pim.controller;
  exports dev.tilewright.pim.decode;
  exports dev.tilewright.pim.device;
  exports dev.tilewright.pim.map;
  exports dev.tilewright.pim.place;
  exports dev.tilewright.pim.timing;
  exports dev.tilewright.pim.trace;
  exports dev.tilewright.pim.view;
}
