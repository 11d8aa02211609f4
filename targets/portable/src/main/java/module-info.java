/** The portable target. */
module dev.tilewright.target.portable {
  requires dev.tilewright.codegen;
  requires static com.google.auto.service;
}
