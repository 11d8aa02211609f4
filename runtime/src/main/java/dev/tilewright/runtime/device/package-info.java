/**
 * How devices other than this machine's processors take part: a {@link
 * dev.tilewright.runtime.device.DeviceDriver} is found by {@link java.util.ServiceLoader}, so the
 * runtime depends on none.
 */
package dev.tilewright.runtime.device;
