/* The system functions of caller.c by a C library, whichever the program's loader brings. */
typedef unsigned long size;
int open(const char *, int, ...);
long read(int, void *, size);
long write(int, const void *, size);
int close(int);
void _exit(int);
void *dlopen(const char *, int);
void *dlsym(void *, const char *);

long load(const char *file, void *to, long most) {
  int opened = open(file, 0);
  long bytes = 0, got;
  if (opened < 0) return -1;
  while ((got = read(opened, (char *)to + bytes, (size)(most - bytes))) > 0) bytes += got;
  close(opened);
  return bytes;
}

static void put(int opened, const void *from, long bytes) {
  for (long at = 0; at < bytes;) at += write(opened, (const char *)from + at, (size)(bytes - at));
}

void save(const char *file, const void *from, long bytes) {
  put(open(file, 0x241, 0600), from, bytes);
}

void say(const char *text) {
  long bytes = 0;
  while (text[bytes]) bytes++;
  put(1, text, bytes);
}

void end(int status) { _exit(status); }

void *shared(const char *library, const char *function) {
  (void)library;
  void *loaded = dlopen("./kernels.so", 2);
  return loaded ? dlsym(loaded, function) : 0;
}

void caller(void);
__attribute__((force_align_arg_pointer)) void _start(void) { caller(); }
