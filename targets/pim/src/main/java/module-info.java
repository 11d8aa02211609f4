/** The target for memory that computes, and the driver that runs its plans on the simulator. */
module dev.tilewright.target.pim {
  requires dev.tilewright.codegen;
  requires dev.tilewright.pim;
  requires dev.tilewright.runtime;
  requires static com.google.auto.service;

  provides dev.tilewright.runtime.device.DeviceDriver with
      dev.tilewright.target.pim.PimDriver;
}
