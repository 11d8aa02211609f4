/* A program without libraries: maps its input, calls a kernel on it, writes it to its output. */
DECLARATIONS
#ifdef __aarch64__
enum { LSEEK = 62, WRITE = 64, EXIT = 93, MMAP = 222 };

static long ask(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

void _start(void) {
#else
enum { LSEEK = 8, WRITE = 1, EXIT = 60, MMAP = 9 };

static long ask(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return number;
}

__attribute__((force_align_arg_pointer)) void _start(void) {
#endif
  long size = ask(LSEEK, 0, 0, 2, 0, 0, 0);
  long *image = (long *)ask(MMAP, BASE, size, 3 /* read, write */, 0x12 /* private, fixed */, 0, 0);
  if (image != (long *)BASE) ask(EXIT, 2, 0, 0, 0, 0, 0);
  switch (image[0]) {
CASES
  }
  for (long at = 0; at < size;) {
    long written = ask(WRITE, 1, (long)image + at, size - at, 0, 0, 0);
    if (written <= 0) ask(EXIT, 3, 0, 0, 0, 0, 0);
    at += written;
  }
  ask(EXIT, 0, 0, 0, 0, 0, 0);
}
