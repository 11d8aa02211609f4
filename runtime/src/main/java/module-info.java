/** Loads weights and runs models, eagerly or natively. */
module dev.tilewright.runtime {
  requires transitive dev.tilewright;
  requires com.fasterxml.jackson.core;
  requires com.google.protobuf;

  uses dev.tilewright.runtime.device.DeviceDriver;

  exports dev.tilewright.runtime;
  exports dev.tilewright.runtime.device;
}
