/* The system functions of caller.c by Linux's system calls: a program without any library. */
#if defined(__aarch64__)
enum { OPENAT = 56, CLOSE = 57, READ = 63, WRITE = 64, EXIT = 93 };

static long ask(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#define ENTRY
#else
enum { OPENAT = 257, CLOSE = 3, READ = 0, WRITE = 1, EXIT = 60 };

static long ask(long number, long a, long b, long c, long d) {
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return number;
}
#define ENTRY __attribute__((force_align_arg_pointer))
#endif
enum { HERE = -100, CREATE = 0x241 };

long load(const char *file, void *to, long most) {
  long opened = ask(OPENAT, HERE, (long)file, 0, 0), bytes = 0, got;
  if (opened < 0) return -1;
  while ((got = ask(READ, opened, (long)to + bytes, most - bytes, 0)) > 0) bytes += got;
  ask(CLOSE, opened, 0, 0, 0);
  return bytes;
}

static void put(long opened, const void *from, long bytes) {
  for (long at = 0; at < bytes;) at += ask(WRITE, opened, (long)from + at, bytes - at, 0);
}

void save(const char *file, const void *from, long bytes) {
  put(ask(OPENAT, HERE, (long)file, CREATE, 0600), from, bytes);
}

void say(const char *text) {
  long bytes = 0;
  while (text[bytes]) bytes++;
  put(1, text, bytes);
}

void end(int status) { ask(EXIT, status, 0, 0, 0); }

void *shared(const char *library, const char *function) {
  (void)library, (void)function;
  return 0;
}

void caller(void);
ENTRY void _start(void) { caller(); }
