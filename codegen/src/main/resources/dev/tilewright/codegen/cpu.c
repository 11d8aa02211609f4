/* Which features of this CPU kernels may use, a bit each: BIT_.. follow CpuFeature in the schema.
   Runs on every CPU of the platform. FEATURES stands for their enumeration. */
typedef unsigned u32;
typedef unsigned long long u64;
enum { FEATURES };
#define FEATURE(condition, name) ((condition) ? 1ull << BIT_##name : 0)

#if defined(__x86_64__)

/* Intel SDM volume 2, CPUID; volume 1, 13.2 and 14.3 on what the operating system must save. */
typedef struct { u32 a, b, c, d; } registers;

static registers cpuid(u32 leaf, u32 sub) {
  registers r;
  __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
  return r;
}

#define HAS(word, bit) ((word) >> (bit) & 1)

u64 tw_cpu(void) {
  u32 leaves = cpuid(0, 0).a;
  registers one = cpuid(1, 0);
  u32 saved = 0;
  if (HAS(one.c, 27)) {
    u32 high;
    __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  }
  int ymm = (saved & 6) == 6 && HAS(one.c, 28);
#if defined(__APPLE__)
  int zmm = ymm; /* macOS begins to save them when they are first used. */
#else
  int zmm = ymm && (saved & 0xe0) == 0xe0;
#endif
  registers seven = {0, 0, 0, 0};
  registers more = seven;
  if (leaves >= 7) {
    seven = cpuid(7, 0);
    if (seven.a >= 1) more = cpuid(7, 1);
  }
  u32 extended = cpuid(0x80000000u, 0).a >= 0x80000001u ? cpuid(0x80000001u, 0).c : 0;
  return FEATURE(ymm, AVX) | FEATURE(ymm && HAS(seven.b, 5), AVX2)
       | FEATURE(HAS(seven.b, 3), BMI1) | FEATURE(HAS(seven.b, 8), BMI2)
       | FEATURE(ymm && HAS(one.c, 29), F16C) | FEATURE(ymm && HAS(one.c, 12), FMA)
       | FEATURE(HAS(extended, 5), ABM) | FEATURE(HAS(one.c, 22), MOVBE)
       | FEATURE(zmm && HAS(seven.b, 16), AVX512F) | FEATURE(zmm && HAS(seven.b, 30), AVX512BW)
       | FEATURE(zmm && HAS(seven.b, 28), AVX512CD) | FEATURE(zmm && HAS(seven.b, 17), AVX512DQ)
       | FEATURE(zmm && HAS(seven.b, 31), AVX512VL) | FEATURE(zmm && HAS(seven.c, 11), AVX512_VNNI)
       | FEATURE(zmm && HAS(more.a, 5), AVX512_BF16) | FEATURE(ymm && HAS(more.a, 4), AVX_VNNI);
}

#elif defined(__APPLE__)

int sysctlbyname(const char *name, void *old, u64 *size, void *fresh, u64 count);

static int has(const char *name) {
  int value = 0;
  u64 size = sizeof value;
  return sysctlbyname(name, &value, &size, 0, 0) == 0 && value != 0;
}

u64 tw_cpu(void) {
  return FEATURE(1, ASIMD) | FEATURE(has("hw.optional.arm.FEAT_DotProd"), ASIMDDP)
       | FEATURE(has("hw.optional.arm.FEAT_I8MM"), I8MM)
       | FEATURE(has("hw.optional.arm.FEAT_BF16"), BF16);
}

#elif defined(_WIN32)

int IsProcessorFeaturePresent(u32 feature);

/* The PF_ARM_.. constants of winnt.h; systems that do not know one answer no. */
u64 tw_cpu(void) {
  return FEATURE(1, ASIMD) | FEATURE(IsProcessorFeaturePresent(43), ASIMDDP)
       | FEATURE(IsProcessorFeaturePresent(66), I8MM) | FEATURE(IsProcessorFeaturePresent(68), BF16);
}

#else

/* Linux on AArch64: the words AT_HWCAP and AT_HWCAP2 that the kernel gives every process, read
   without a C library. Where /proc is not to be had, the CPU is taken for a plain one. */
enum { OPENAT = 56, CLOSE = 57, READ = 63, THIS_FOLDER = -100, AT_HWCAP = 16, AT_HWCAP2 = 26 };

static long ask(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}

u64 tw_cpu(void) {
  u64 first = 0, second = 0, pair[2];
  long file = ask(OPENAT, THIS_FOLDER, (long)"/proc/self/auxv", 0, 0);
  while (file >= 0 && ask(READ, file, (long)pair, sizeof pair, 0) == (long)sizeof pair) {
    if (pair[0] == AT_HWCAP) first = pair[1];
    if (pair[0] == AT_HWCAP2) second = pair[1];
  }
  if (file >= 0) ask(CLOSE, file, 0, 0, 0);
  return FEATURE(1, ASIMD) | FEATURE(first >> 20 & 1, ASIMDDP) | FEATURE(first >> 22 & 1, SVE)
       | FEATURE(second >> 1 & 1, SVE2) | FEATURE(second >> 13 & 1, I8MM)
       | FEATURE(second >> 14 & 1, BF16);
}

#endif
