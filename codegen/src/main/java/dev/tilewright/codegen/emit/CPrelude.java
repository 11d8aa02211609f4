package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.schema.ModelSchema;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The types and helpers that written C starts with; it includes no header. */
final class CPrelude {
  private CPrelude() {}

  /** The element of a buffer in C. */
  static String memory(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "f32_m";
      case BFLOAT16 -> "bf16_m";
      case INT32 -> "i32_m";
      case INT8 -> "i8_m";
      case UINT8, BOOL -> "u8_m";
    };
  }

  /**
   * @param bf16 whether the machine has instructions for bf16
   */
  static String text(int lanes, boolean bf16) {
    String numbers =
        IntStream.range(0, lanes).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String copies = Stream.generate(() -> "x").limit(lanes).collect(Collectors.joining(", "));
    String text =
        TYPES
            + (bf16 ? BF16 : "")
            + MEMORY.formatted("f32", "f32_m", "vf", "float", "vf_m")
            + MEMORY.formatted("i32", "i32_m", "vi", "i32", "vi_m")
            + NARROW.formatted("bf16", "bf16_m", "vf", "float", "vh_m")
            + NARROW.formatted("i8", "i8_m", "vi", "i32", "vc_m")
            + NARROW.formatted("u8", "u8_m", "vi", "i32", "vb_m")
            + BOOLS
            + BARRIER;
    return text.replace("LANES", Integer.toString(lanes))
        .replace("NUMBERS", numbers)
        .replace("COPIES", copies)
        .replace("PATIENCE", Integer.toString(ModelSchema.BARRIER_PATIENCE))
        .replace("SPINS", Integer.toString(FrameWords.SPINS));
  }

  private static final String TYPES =
      """
      #pragma STDC FP_CONTRACT OFF
      typedef int i32;
      typedef unsigned u32;
      typedef long long i64;
      typedef unsigned long long u64;
      typedef unsigned short u16;
      typedef signed char i8;
      typedef unsigned char u8;
      typedef float f32_m __attribute__((may_alias));
      typedef i32 i32_m __attribute__((may_alias));
      typedef u16 bf16_m __attribute__((may_alias));
      typedef i8 i8_m __attribute__((may_alias));
      typedef u8 u8_m __attribute__((may_alias));
      typedef float vf __attribute__((vector_size(4 * LANES)));
      typedef i32 vi __attribute__((vector_size(4 * LANES)));
      typedef u32 vu __attribute__((vector_size(4 * LANES)));
      typedef u16 vh __attribute__((vector_size(2 * LANES)));
      typedef i8 vc __attribute__((vector_size(LANES)));
      typedef u8 vb __attribute__((vector_size(LANES)));
      typedef float vf_m __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
      typedef i32 vi_m __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
      typedef u16 vh_m __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
      typedef i8 vc_m __attribute__((vector_size(LANES), aligned(1), may_alias));
      typedef u8 vb_m __attribute__((vector_size(LANES), aligned(1), may_alias));

      #define WIDE __attribute__((min_vector_width(32 * LANES)))
      #define HELPER static inline __attribute__((always_inline, unused)) WIDE
      #define KERNEL static __attribute__((noinline)) WIDE

      HELPER i64 least(i64 a, i64 b) { return a < b ? a : b; }
      HELPER i64 greatest(i64 a, i64 b) { return a > b ? a : b; }
      HELPER i64 quotient(i64 a, i64 b) { return a / b - (a % b < 0); }
      HELPER i64 remainder(i64 a, i64 b) { return a % b + (a % b < 0 ? b : 0); }
      HELPER i32 bits_of(float x) { union { float f; i32 i; } u = { .f = x }; return u.i; }
      HELPER float float_of(i32 x) { union { i32 i; float f; } u = { .i = x }; return u.f; }
      HELPER vf splat_f(float x) { return (vf){COPIES}; }
      HELPER vi splat_i(i32 x) { return (vi){COPIES}; }
      HELPER vi lanes_below(i64 n) { return (vi){NUMBERS} < splat_i((i32)least(greatest(n, 0), LANES)); }

      HELPER float wide_bf16(u16 x) { return float_of((i32)((u32)x << 16)); }
      HELPER vf widen_bf16(vh x) { return (vf)(__builtin_convertvector(x, vu) << 16); }
      HELPER u16 slim_bf16(float x) { return (u16)((u32)bits_of(x) >> 16); }
      HELPER vh narrow_bf16(vf x) { return __builtin_convertvector((vu)x >> 16, vh); }
      HELPER i32 wide_i8(i8 x) { return x; }
      HELPER vi widen_i8(vc x) { return __builtin_convertvector(x, vi); }
      HELPER i8 slim_i8(i32 x) { return (i8)x; }
      HELPER vc narrow_i8(vi x) { return __builtin_convertvector(x, vc); }
      HELPER i32 wide_u8(u8 x) { return x; }
      HELPER vi widen_u8(vb x) { return __builtin_convertvector(x, vi); }
      HELPER u8 slim_u8(i32 x) { return (u8)x; }
      HELPER vb narrow_u8(vi x) { return __builtin_convertvector(x, vb); }

      HELPER void fail(i64 *fault, i64 site, i64 value) {
        i64 none = 0;
        if (__atomic_compare_exchange_n(fault, &none, site, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) fault[1] = value;
      }

      """;

  /** As many bf16 numbers as a vector has lanes, and twice as many. */
  private static final String BF16 =
      """
      typedef __bf16 vq __attribute__((vector_size(2 * LANES)));
      typedef __bf16 vp __attribute__((vector_size(4 * LANES)));

      """;

  /** Of a type: its name, in memory, as a vector, as a scalar, as a vector in memory. */
  private static final String MEMORY =
      """
      HELPER %3$s load_%1$s(const %2$s *p) { return *(const %5$s *)p; }
      HELPER %3$s load_some_%1$s(const %2$s *p, i64 n, %4$s other) {
        if (n >= LANES) return *(const %5$s *)p;
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = i < n ? p[i] : other;
        return v;
      }
      HELPER %3$s load_strided_%1$s(const %2$s *p, i64 stride, i64 n, %4$s other) {
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = i < n ? p[i * stride] : other;
        return v;
      }
      HELPER %3$s gather_%1$s(const %2$s *p, vi offsets) {
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = p[offsets[i]];
        return v;
      }
      HELPER void store_%1$s(%2$s *p, %3$s v) { *(%5$s *)p = v; }
      HELPER void store_some_%1$s(%2$s *p, i64 n, %3$s v) {
        if (n >= LANES) *(%5$s *)p = v;
        else for (int i = 0; i < LANES; i++) if (i < n) p[i] = v[i];
      }
      HELPER void store_strided_%1$s(%2$s *p, i64 stride, i64 n, %3$s v) {
        for (int i = 0; i < LANES; i++) if (i < n) p[i * stride] = v[i];
      }

      """;

  /** As MEMORY, for numbers that are held wide; what is stored is one of the type's already. */
  private static final String NARROW =
      """
      HELPER %3$s load_%1$s(const %2$s *p) { return widen_%1$s(*(const %5$s *)p); }
      HELPER %3$s load_some_%1$s(const %2$s *p, i64 n, %4$s other) {
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = i < n ? wide_%1$s(p[i]) : other;
        return v;
      }
      HELPER %3$s load_strided_%1$s(const %2$s *p, i64 stride, i64 n, %4$s other) {
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = i < n ? wide_%1$s(p[i * stride]) : other;
        return v;
      }
      HELPER %3$s gather_%1$s(const %2$s *p, vi offsets) {
        %3$s v;
        for (int i = 0; i < LANES; i++) v[i] = wide_%1$s(p[offsets[i]]);
        return v;
      }
      HELPER void store_%1$s(%2$s *p, %3$s v) { *(%5$s *)p = narrow_%1$s(v); }
      HELPER void store_some_%1$s(%2$s *p, i64 n, %3$s v) {
        for (int i = 0; i < LANES; i++) if (i < n) p[i] = slim_%1$s(v[i]);
      }
      HELPER void store_strided_%1$s(%2$s *p, i64 stride, i64 n, %3$s v) {
        for (int i = 0; i < LANES; i++) if (i < n) p[i * stride] = slim_%1$s(v[i]);
      }

      """;

  /** Bytes in memory, vectors of -1 and 0. */
  private static final String BOOLS =
      """
      HELPER vi load_bool(const u8_m *p) { return __builtin_convertvector(*(const vb_m *)p, vi) != 0; }
      HELPER vi load_some_bool(const u8_m *p, i64 n, i32 other) {
        vi v;
        for (int i = 0; i < LANES; i++) v[i] = -(i < n ? p[i] != 0 : other);
        return v;
      }
      HELPER vi load_strided_bool(const u8_m *p, i64 stride, i64 n, i32 other) {
        vi v;
        for (int i = 0; i < LANES; i++) v[i] = -(i < n ? p[i * stride] != 0 : other);
        return v;
      }
      HELPER vi gather_bool(const u8_m *p, vi offsets) {
        vi v;
        for (int i = 0; i < LANES; i++) v[i] = -(p[offsets[i]] != 0);
        return v;
      }
      HELPER void store_bool(u8_m *p, vi v) { *(vb_m *)p = __builtin_convertvector(v & 1, vb); }
      HELPER void store_some_bool(u8_m *p, i64 n, vi v) {
        for (int i = 0; i < LANES; i++) if (i < n) p[i] = (u8)(v[i] & 1);
      }
      HELPER void store_strided_bool(u8_m *p, i64 stride, i64 n, vi v) {
        for (int i = 0; i < LANES; i++) if (i < n) p[i * stride] = (u8)(v[i] & 1);
      }

      """;

  /** As in {@link LlvmWriter}: word 0 counts who has come, word 8 how often all have. */
  private static final String BARRIER =
      """
      static inline void pause(void) {
      #if defined(__x86_64__)
        __builtin_ia32_pause();
      #elif defined(__aarch64__)
        __asm__ volatile("yield");
      #endif
      }
      static inline i64 now(void) {
      #if defined(__x86_64__)
        return (i64)__builtin_ia32_rdtsc();
      #elif defined(__aarch64__)
        i64 time;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(time));
        return time;
      #else
        return 0;
      #endif
      }
      static __attribute__((noinline)) void barrier(i64 *words, i64 workers, i32 (*yield)(void)) {
        if (workers == 1) return;
        const i64 turn = __atomic_load_n(words + 8, __ATOMIC_RELAXED);
        if (__atomic_fetch_add(words, 1, __ATOMIC_ACQ_REL) + 1 == workers) {
          __atomic_store_n(words, 0, __ATOMIC_RELAXED);
          __atomic_store_n(words + 8, turn + 1, __ATOMIC_RELEASE);
          return;
        }
        for (i64 spins = 0; __atomic_load_n(words + 8, __ATOMIC_ACQUIRE) == turn; spins++) {
          pause();
          if (spins > SPINS + words[PATIENCE] && yield) {
            yield();
            spins = 0;
          }
        }
      }

      /* If word 16 is the address of a clock, worker 0 notes the time in it. */
      static __attribute__((noinline)) void mark(const i64 *words, i64 worker) {
        i64 *clock = (i64 *)words[16];
        if (clock && worker == 0) clock[++clock[0]] = now();
      }

      """;
}
