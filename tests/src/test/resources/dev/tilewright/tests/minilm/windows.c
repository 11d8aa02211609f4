/* The system functions of caller.c by kernel32. */
typedef void *handle;
handle CreateFileA(const char *, unsigned, unsigned, void *, unsigned, unsigned, handle);
int ReadFile(handle, void *, unsigned, unsigned *, void *);
int WriteFile(handle, const void *, unsigned, unsigned *, void *);
int CloseHandle(handle);
handle GetStdHandle(unsigned);
void ExitProcess(unsigned);
handle LoadLibraryA(const char *);
void *GetProcAddress(handle, const char *);

int _fltused;

long load(const char *file, void *to, long most) {
  handle opened = CreateFileA(file, 0x80000000u, 1, 0, 3, 0, 0);
  unsigned got = 0;
  long bytes = 0;
  if (opened == (handle)-1) return -1;
  while (ReadFile(opened, (char *)to + bytes, (unsigned)(most - bytes), &got, 0) && got) bytes += got;
  CloseHandle(opened);
  return bytes;
}

void save(const char *file, const void *from, long bytes) {
  unsigned done;
  handle opened = CreateFileA(file, 0x40000000u, 0, 0, 2, 0, 0);
  WriteFile(opened, from, (unsigned)bytes, &done, 0);
  CloseHandle(opened);
}

void say(const char *text) {
  unsigned bytes = 0, done;
  while (text[bytes]) bytes++;
  WriteFile(GetStdHandle((unsigned)-11), text, bytes, &done, 0);
}

void end(int status) { ExitProcess((unsigned)status); }

void *shared(const char *library, const char *function) {
  (void)library;
  handle loaded = LoadLibraryA("kernels.dll");
  return loaded ? GetProcAddress(loaded, function) : 0;
}

void caller(void);
void start(void) { caller(); }
