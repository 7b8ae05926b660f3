// Measures the speed of the compute kernels on one core, for every instruction set of this processor.
//
// Build and run from the root of the repository:
//
//   clang -O2 -ISources/Kernels/include Benchmarks/Kernels/*.c Sources/Kernels/*.c -lm -o .build/bench_kernels
//   .build/bench_kernels [product|matrix|layer|convert|int8]...
//
// Each figure is the best of several repetitions, because others include disturbances. Shapes are those of
// SmolLM2-135M (hidden 576, intermediate 1536, 64 per head) and, as "wide", of an 8 B model (4096 and 14336).
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "measure.h"

static const int32_t types[] = {SKIP_BFLOAT16, SKIP_FLOAT16, SKIP_FLOAT32};
static const char *const type_names[] = {"bf16", "f16", "f32"};
static const size_t type_sizes[] = {2, 2, 4};

static void *random_weights(int type, size_t count) {
  float *values = random_floats(count);
  void *weights = allocate(count * type_sizes[type]);
  skip_kernels_best()->narrow(types[type], values, weights, count);
  free(values);
  return weights;
}

// --- the processor's own limit ---------------------------------------------------------------------------------------

#if defined(__x86_64__)
#define DEFINE_PEAK(name, isa, vector, set1, fmadd, lanes)                            \
  __attribute__((target(isa))) static double name(void) {                             \
    vector sums[12];                                                                  \
    for (int i = 0; i < 12; i++) sums[i] = set1((float)i);                            \
    vector factor = set1(0.999f);                                                     \
    MEASURE(seconds, for (int n = 0; n < 10000; n++) {                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) {               \
        sums[i] = fmadd(sums[i], factor, factor);                                     \
        __asm__ volatile("" : "+v"(sums[i]));                                         \
      }                                                                               \
    });                                                                               \
    return 10000.0 * 12 * 2 * lanes / seconds * 1e-9;                                 \
  }
DEFINE_PEAK(peak_avx2, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps, 8)
DEFINE_PEAK(peak_avx512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps, 16)
#endif

// Returns the GFLOP/s of fused multiply-adds in registers; 0 if it is not known.
static double peak(int32_t isa) {
#if defined(__x86_64__)
  if (isa == SKIP_ISA_AVX2) return peak_avx2();
  if (isa == SKIP_ISA_AVX512) return peak_avx512();
#endif
  (void)isa;
  return 0;
}

// --- the kernels -----------------------------------------------------------------------------------------------------

static void bench_product(const skip_kernels *kernels, int type, size_t rows, size_t columns, size_t copies,
                          const char *where) {
  size_t size = rows * columns * type_sizes[type];
  unsigned char *weights = random_weights(type, copies * rows * columns);
  float *input = random_floats(columns);
  float *output = allocate(rows * sizeof *output);
  size_t copy = 0;
  MEASURE(seconds, {
    kernels->matrix_vector(types[type], weights + copy * size, NULL, input, output, rows, columns);
    copy = copy + 1 == copies ? 0 : copy + 1;
  })
  printf("%-7s matrix_vector %-4s %6zu x %5zu %-5s %7.1f GB/s\n", kernels->name, type_names[type], rows, columns, where,
         (double)size / seconds * 1e-9);
  free(weights);
  free(input);
  free(output);
}

static void bench_matrix(const skip_kernels *kernels, int type, size_t rows, size_t columns, size_t tokens,
                         double limit) {
  void *weights = random_weights(type, rows * columns);
  float *input = random_floats(tokens * columns);
  size_t tiles = (tokens + SKIP_TOKEN_TILE - 1) / SKIP_TOKEN_TILE;
  float *packed = allocate(tiles * SKIP_TOKEN_TILE * columns * sizeof *packed);
  float *output = allocate(tokens * rows * sizeof *output);
  float *scratch = allocate(skip_matrix_matrix_scratch(columns) * sizeof *scratch);
  MEASURE(pack_seconds, kernels->pack_tokens(input, columns, NULL, tokens, columns, packed))
  MEASURE(seconds, {
    kernels->matrix_matrix(types[type], weights, NULL, packed, output, rows, tokens, rows, columns, scratch);
  })
  double speed = 2.0 * (double)rows * (double)columns * (double)tokens / seconds * 1e-9;
  printf("%-7s matrix_matrix %-4s %6zu x %5zu, %4zu tokens %7.1f GFLOP/s", kernels->name, type_names[type], rows,
         columns, tokens, speed);
  if (limit > 0) {
    printf(" (%2.0f%% of peak)", 100 * speed / limit);
  }
  printf(", pack %.1f GB/s\n", (double)(tokens * columns * sizeof(float)) / pack_seconds * 1e-9);
  free(weights);
  free(input);
  free(packed);
  free(output);
  free(scratch);
}

static void bench_layer(const skip_kernels *kernels) {
  enum { COUNT = 1536, POSITIONS = 8192, STRIDE = 192 };
  float *a = random_floats(COUNT);
  float *b = random_floats(COUNT);
  float *c = allocate(COUNT * sizeof *c);
  MEASURE(norm, kernels->rms_norm(a, b, 1e-5f, c, 576))
  MEASURE(turn, kernels->rotate(a, b, b + 32, 9, 64))
  printf("%-7s rms_norm 576 %.0f ns, rotate 9 x 64 %.0f ns", kernels->name, norm * 1e9, turn * 1e9);
  for (int activation = SKIP_SILU; activation <= SKIP_GELU_TANH; activation++) {
    MEASURE(gate, {
      memcpy(c, a, COUNT * sizeof *c);
      kernels->gated_activation(c, b, activation, COUNT);
    })
    printf(", copy and %s 1536 %.0f ns", activation == SKIP_SILU ? "silu" : "gelu", gate * 1e9);
  }
  printf("\n");
  float *keys = random_floats((size_t)POSITIONS * STRIDE);
  float *values = random_floats((size_t)POSITIONS * STRIDE);
  float *scores = allocate(SKIP_ATTEND_QUERIES * POSITIONS * sizeof *scores);
  for (size_t head_dimension = 64; head_dimension <= 128; head_dimension += 64) {
    for (size_t positions = 64; positions <= POSITIONS; positions *= 2) {
      for (size_t queries = 1; queries <= SKIP_ATTEND_QUERIES; queries *= 2) {
        skip_attention attention = {
            .queries = a,
            .query_stride = head_dimension,
            .output = c,
            .output_stride = head_dimension,
            .query_count = queries,
            .head_dimension = head_dimension,
            .position_count = positions,
            .keys = keys,
            .values = values,
            .stride = STRIDE,
            .scale = 0.125f,
            .scores = scores,
        };
        MEASURE(seconds, kernels->attend(&attention))
        printf("%-7s attend %zu x %3zu x %4zu %6.1f us, %5.1f GB/s, %5.1f GFLOP/s\n", kernels->name, queries,
               head_dimension, positions, seconds * 1e6,
               (double)(positions * head_dimension * 2 * sizeof(float)) / seconds * 1e-9,
               (double)(queries * positions * head_dimension * 4) / seconds * 1e-9);
      }
    }
  }
  free(a);
  free(b);
  free(c);
  free(keys);
  free(values);
  free(scores);
}

static void bench_convert(const skip_kernels *kernels, size_t count, const char *where) {
  float *floats = random_floats(count);
  float *widened = allocate(count * sizeof *widened);
  for (int type = 0; type < 3; type++) {
    void *weights = random_weights(type, count);
    double gigabytes = (double)(count * type_sizes[type]) * 1e-9;
    MEASURE(narrow, kernels->narrow(types[type], floats, weights, count))
    MEASURE(widen, kernels->widen(types[type], weights, widened, count))
    size_t found = 0;
    MEASURE(nonfinite, found += kernels->first_nonfinite(types[type], weights, count))
    printf("%-7s %-4s %-5s narrow %5.1f, widen %5.1f, first_nonfinite %5.1f GB/s of %s (%zu)\n", kernels->name,
           type_names[type], where, gigabytes / narrow, gigabytes / widen, gigabytes / nonfinite, type_names[type],
           found % count);
    free(weights);
  }
  free(floats);
  free(widened);
}

// Also measures the bfloat16 matrix_matrix that rounds activations.
static void bench_bfloat16(const skip_kernels *kernels, size_t rows, size_t columns, size_t tokens) {
  void *weights = random_weights(0, rows * columns);
  float *input = random_floats(tokens * columns);
  size_t tiles = (tokens + SKIP_TOKEN_TILE - 1) / SKIP_TOKEN_TILE;
  uint32_t *packed = allocate(tiles * SKIP_TOKEN_TILE * columns / 2 * sizeof *packed);
  float *output = allocate(tokens * rows * sizeof *output);
  float *scratch = allocate(skip_matrix_matrix_scratch(columns) * sizeof *scratch);
  MEASURE(pack_seconds, kernels->pack_tokens_bfloat16(input, columns, NULL, tokens, columns, packed))
  MEASURE(seconds,
          kernels->bfloat16_matrix_matrix(weights, NULL, packed, output, rows, tokens, rows, columns, scratch))
  printf("%-10s bfloat16_matrix_matrix %6zu x %5zu, %4zu tokens %7.1f GFLOP/s, pack %.1f GB/s\n", kernels->name, rows,
         columns, tokens, 2.0 * (double)rows * (double)columns * (double)tokens / seconds * 1e-9,
         (double)(tokens * columns * sizeof(float)) / pack_seconds * 1e-9);
  free(weights);
  free(input);
  free(packed);
  free(output);
  free(scratch);
}

static void bench(const skip_kernels *kernels, int32_t isa, const char *topic) {
  if (strcmp(topic, "int8") == 0) {
    if (isa != SKIP_ISA_AVX512_BF16) {  // the same as without
      bench_int8(kernels, isa);
    }
    return;
  }
  if (isa == SKIP_ISA_AVX512_BF16 && strcmp(topic, "matrix") == 0) {
    bench_bfloat16(kernels, 576, 576, 256);
    bench_bfloat16(kernels, 1536, 576, 256);
    bench_bfloat16(kernels, 576, 1536, 256);
    bench_bfloat16(kernels, 4096, 4096, 256);
  }
  if (isa != SKIP_ISA_NEON && isa != SKIP_ISA_AVX2 && isa != SKIP_ISA_AVX512) {
    return;  // the others share these kernels
  }
  if (strcmp(topic, "product") == 0) {
    for (int type = 0; type < 3; type++) {
      bench_product(kernels, type, 192, 576, 1, "cache");
      bench_product(kernels, type, 576, 576, 1, "cache");
      bench_product(kernels, type, 576, 576, 300, "DRAM");
      bench_product(kernels, type, 576, 1536, 120, "DRAM");
      bench_product(kernels, type, 1536, 576, 120, "DRAM");
      bench_product(kernels, type, 4096, 14336, 2, "DRAM");
    }
  } else if (strcmp(topic, "matrix") == 0) {
    double limit = peak(isa);
    printf("%-7s peak %.1f GFLOP/s\n", kernels->name, limit);
    static const size_t shapes[][3] = {  // rows, columns, tokens
        {576, 576, 256},  {1536, 576, 256},   {576, 1536, 256},   {576, 576, 512}, {96, 576, 256}, {2, 576, 256},
        {4096, 4096, 64}, {4096, 4096, 256}, {1024, 14336, 256}, {576, 576, 32},  {576, 576, 16}, {576, 576, 8},
    };
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
      for (int type = 0; type < (shape < 3 ? 3 : 1); type++) {
        bench_matrix(kernels, type, shapes[shape][0], shapes[shape][1], shapes[shape][2], limit);
      }
    }
  } else if (strcmp(topic, "layer") == 0) {
    bench_layer(kernels);
  } else if (strcmp(topic, "convert") == 0) {
    bench_convert(kernels, 100000, "cache");
    bench_convert(kernels, 32000000, "DRAM");
  }
}

int main(int argc, char **argv) {
  static const char *const all[] = {"product", "matrix", "layer", "convert", "int8"};
  const char *const *topics = argc > 1 ? (const char *const *)argv + 1 : all;
  int topic_count = argc > 1 ? argc - 1 : 5;
  for (int topic = 0; topic < topic_count; topic++) {
    for (int32_t isa = SKIP_ISA_NEON; isa <= SKIP_ISA_AVX512_BF16; isa++) {
      if (skip_kernels_for(isa)) {
        bench(skip_kernels_for(isa), isa, topics[topic]);
      }
    }
  }
}
