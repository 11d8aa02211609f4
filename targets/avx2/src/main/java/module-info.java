/** The AVX2 target. */
@SuppressWarnings("module") // the name of the instruction set ends in digits
module dev.tilewright.target.avx2 {
  requires dev.tilewright.codegen;
  requires static com.google.auto.service;
}
