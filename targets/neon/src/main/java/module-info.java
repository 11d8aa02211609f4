/** The Neon target. */
module dev.tilewright.target.neon {
  requires dev.tilewright.codegen;
  requires static com.google.auto.service;
}
