/* What the header of @NAME@ declares. Needs no library. */
typedef long long i64;
typedef unsigned long long u64;
typedef int i32;
#define int64_t i64
#define int32_t i32
#define uint16_t unsigned short
#define int8_t signed char
#define uint8_t unsigned char

#define MAGIC 0x@MAGIC@ull
enum { ENTRIES = @COUNT@ };
enum { OK, BAD_SIZE, BAD_INDEX, BAD_WEIGHTS };
enum { LINE = 64, HEAD = 8, DIGEST = 4, RAGGED_WORK = 1 << 20 };

typedef struct {
  void (*run)(i64 *frame, i64 worker, i64 workers);
  i64 (*arena)(const i64 *s);
  i64 (*scratch)(const i64 *s);
} entry;

typedef struct @NAME@_variant @NAME@_variant;
struct @NAME@_variant {
  const char *target;
  const char *precision;
  u64 features;
  int rank;
  i64 weights;
  u64 digest[DIGEST];
  entry entries[ENTRIES];
};

/* The first words of an image of weights, then the offset of each weight from the image's start. */
typedef struct {
  u64 magic;
  i64 bytes;
  i64 count;
  i64 reserved;
  u64 digest[DIGEST];
  i64 offsets[];
} image;

/* The first words of a workspace. */
typedef struct {
  i64 barrier[32];
  i64 fault[2];
  void (*run)(i64 *frame, i64 worker, i64 workers);
  i64 workers;
  i64 unused[4];
  i64 frame[];
} head;

/* Where things lie in a workspace: bytes from its start. */
typedef struct {
  char *base;
  i64 table, weights, arena, scratch, stride, bytes;
} places;

u64 @NAME@_cpu(void);
void @NAME@_work(void *workspace, i64 worker);
int @NAME@_finish(const void *workspace);

static i64 lines(i64 bytes) { return (bytes + LINE - 1) & -LINE; }

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static places plan(const @NAME@_variant *variant, int number, const i64 *s, i64 words, i64 batch,
    i64 workers) {
  places call;
  call.base = 0;
  call.table = lines((i64)sizeof(head) + (HEAD + words) * (i64)sizeof(i64));
  call.weights = lines(call.table + (batch > 0 ? 2 * batch + 2 : 0) * (i64)sizeof(i32));
  call.arena = lines(call.weights + (variant->weights + 1) * (i64)sizeof(i64));
  call.scratch = call.arena + lines(variant->entries[number].arena(s));
  call.stride = lines(variant->entries[number].scratch(s));
  call.bytes = call.scratch + call.stride * workers;
  return call;
}

static int fits(const @NAME@_variant *variant, const void *weights) {
  const image *packed = weights;
  int same = packed->magic == MAGIC && packed->count == variant->weights;
  for (int i = 0; i < DIGEST; i++) same &= packed->digest[i] == variant->digest[i];
  return same;
}

/* Writes the head of the workspace and of the frame; answers where the frame goes on. */
static i64 *begin(const @NAME@_variant *variant, int number, places *call, const void *weights,
    void *workspace, i64 workers) {
  call->base = workspace;
  head *first = workspace;
  for (int i = 0; i < 32; i++) first->barrier[i] = 0;
  first->fault[0] = first->fault[1] = 0;
  first->run = variant->entries[number].run;
  first->workers = workers;
  i64 *table = (i64 *)(call->base + call->weights);
  const image *packed = weights;
  for (i64 i = 0; i < variant->weights; i++) table[i] = (i64)weights + packed->offsets[i];
  table[variant->weights] = 0;
  i64 *word = first->frame;
  *word++ = (i64)call->base + call->arena;
  *word++ = (i64)call->base + call->scratch;
  *word++ = call->stride;
  *word++ = (i64)first->barrier;
  *word++ = (i64)first->fault;
  *word++ = (i64)table;
  *word++ = 0;
  *word++ = 0;
  return word;
}

/* The table of a ragged batch: where sequences begin, then how their squared lengths share out. */
static inline i64 ragged(const places *call, i64 batch, const i32 *lengths) {
  i32 *table = (i32 *)(call->base + call->table);
  double squares = 0, before = 0;
  table[0] = 0;
  for (i64 i = 0; i < batch; i++) {
    table[i + 1] = table[i] + lengths[i];
    squares += (double)lengths[i] * lengths[i];
  }
  for (i64 i = 0; i <= batch; i++) {
    table[batch + 1 + i] = (i32)i + (i == batch ? RAGGED_WORK : (i32)(before / squares * RAGGED_WORK));
    if (i < batch) before += (double)lengths[i] * lengths[i];
  }
  return (i64)table;
}

@TABLE@

const @NAME@_variant *@NAME@_choose(const char *target, const char *precision) {
  u64 lacking = ~@NAME@_cpu();
  const @NAME@_variant *best = 0;
  if (!precision) precision = variants[0].precision;
  for (int i = 0; i < VARIANTS; i++) {
    const @NAME@_variant *variant = &variants[i];
    if ((target && !same(target, variant->target)) || !same(precision, variant->precision)) continue;
    if (!(variant->features & lacking) && (!best || variant->rank > best->rank)) best = variant;
  }
  return best;
}

const char *@NAME@_target(const @NAME@_variant *variant) { return variant->target; }

const char *@NAME@_precision(const @NAME@_variant *variant) { return variant->precision; }

int @NAME@_weights_fit(const @NAME@_variant *variant, const void *weights, i64 bytes) {
  return (u64)weights % LINE == 0 && bytes >= (i64)sizeof(image) && fits(variant, weights)
      && bytes >= ((const image *)weights)->bytes;
}

void @NAME@_work(void *workspace, i64 worker) {
  head *call = workspace;
  call->run(call->frame, worker, call->workers);
}

i64 *@NAME@_frame(void *workspace) { return ((head *)workspace)->frame; }

int @NAME@_finish(const void *workspace) {
  return ((const head *)workspace)->fault[0] ? BAD_INDEX : OK;
}

@ENTRIES@
