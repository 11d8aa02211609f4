/* Embeds one batch through the C face and writes what it answers. Reads "input" (64-bit words: the
   precision's number, the number of sequences; then 32-bit words: their lengths, ids, mask) and
   "TARGET-PRECISION.weights"; writes "output" and says on the standard output which variant it took.
   Stands on nothing but five functions, which are written for each system. */
#include "minilm.h"

long load(const char *file, void *to, long most); /* bytes, or -1 */
void save(const char *file, const void *from, long bytes);
void say(const char *text);
void end(int status);
/* A function of the shared library beside the program; 0 if none is to be used. */
void *shared(const char *library, const char *function);

enum { MOST = 1 << 27, WIDTH = 384, SOME = 1 << 16 };
static _Alignas(64) unsigned char weights[MOST];
static _Alignas(64) unsigned char workspace[1 << 24];
static _Alignas(64) unsigned char input[SOME];
static float vectors[SOME];

static char name[256];

static void append(const char *text) {
  char *at = name;
  while (*at) at++;
  while ((*at++ = *text++)) {}
}

static void fail(const char *why) {
  say(why);
  end(1);
}

void caller(void) {
  static const char *const precisions[] = {"float32", "bfloat16", "int8"};
  if (load("input", input, SOME) < 16) fail("no input\n");
  const int64_t *head = (const int64_t *)input;
  const minilm_variant *variant = minilm_choose(0, precisions[head[0]]);
  if (!variant) fail("no variant for this CPU\n");
  append(minilm_target(variant));
  append("-");
  append(minilm_precision(variant));
  say(name);
  append(".weights");
  long bytes = load(name, weights, MOST);
  if (!minilm_weights_fit(variant, weights, bytes)) fail("\nweights do not fit\n");
  int64_t batch = head[1];
  const int32_t *lengths = (const int32_t *)(head + 2);
  int64_t total = 0;
  for (int64_t i = 0; i < batch; i++) total += lengths[i];
  const int32_t *ids = lengths + batch, *mask = ids + total;
  int64_t needed = minilm_embed_peak_bytes(variant, batch, lengths, 1);
  if (needed < 0 || needed > (int64_t)sizeof workspace) fail("\ntoo large\n");
  if (minilm_embed(variant, weights, workspace, 0, lengths, ids, mask, vectors) != MINILM_BAD_SIZE)
    fail("\nan empty batch is not refused\n");
  if (minilm_embed(variant, input, workspace, batch, lengths, ids, mask, vectors)
      != MINILM_BAD_WEIGHTS)
    fail("\nforeign weights are not refused\n");
  void (*kernels)(int64_t *, int64_t, int64_t) =
      (void (*)(int64_t *, int64_t, int64_t))shared("kernels", "tw_embed");
  int status;
  if (kernels) {
    say(" by the library beside it");
    status = minilm_embed_prepare(
        variant, weights, workspace, 1, batch, lengths, ids, mask, vectors);
    if (status == MINILM_OK) kernels(minilm_frame(workspace), 0, 1);
    if (status == MINILM_OK) status = minilm_finish(workspace);
  } else {
    status = minilm_embed(variant, weights, workspace, batch, lengths, ids, mask, vectors);
  }
  if (status != MINILM_OK) fail("\nthe call failed\n");
  save("output", vectors, batch * WIDTH * (long)sizeof(float));
  *(int32_t *)ids = 1 << 30;
  if (minilm_embed(variant, weights, workspace, batch, lengths, ids, mask, vectors)
      != MINILM_BAD_INDEX)
    fail("\nan index out of range is not reported\n");
  end(0);
}

/* What compilers may call. */
void *memset(void *to, int value, unsigned long long count) {
  volatile unsigned char *at = to;
  while (count--) *at++ = (unsigned char)value;
  return to;
}

void *memcpy(void *to, const void *from, unsigned long long count) {
  volatile unsigned char *at = to;
  for (const unsigned char *next = from; count--;) *at++ = *next++;
  return to;
}
