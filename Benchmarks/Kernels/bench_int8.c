// Measures the speed of the int8 kernels, see bench_kernels.c. Products on two threads are compared with reading alone,
// in turn. Everything else is measured on one core.
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "measure.h"

// --- the processor's own limits --------------------------------------------------------------------------------------

#if defined(__x86_64__)
#define DEFINE_PEAK(name, isa, vector, set1, multiply, products)                      \
  __attribute__((target(isa))) static double name(void) {                             \
    vector sums[12];                                                                  \
    for (int i = 0; i < 12; i++) sums[i] = set1(i);                                   \
    vector factor = set1(3);                                                          \
    MEASURE(seconds, for (int n = 0; n < 10000; n++) {                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) {               \
        sums[i] = multiply(sums[i], factor, factor);                                  \
        __asm__ volatile("" : "+v"(sums[i]));                                         \
      }                                                                               \
    });                                                                               \
    return 10000.0 * 12 * 2 * products / seconds * 1e-9;                              \
  }
DEFINE_PEAK(peak_avx2_8, "avx2,avxvnni", __m256i, _mm256_set1_epi8, _mm256_dpbusd_avx_epi32, 32)
DEFINE_PEAK(peak_avx2_16, "avx2,avxvnni", __m256i, _mm256_set1_epi8, _mm256_dpwssd_avx_epi32, 16)
DEFINE_PEAK(peak_avx512_8, "avx512f,avx512vnni", __m512i, _mm512_set1_epi8, _mm512_dpbusd_epi32, 64)
DEFINE_PEAK(peak_avx512_16, "avx512f,avx512vnni", __m512i, _mm512_set1_epi8, _mm512_dpwssd_epi32, 32)
#endif

// Returns the GOP/s of integer products in registers; 0 if no single instruction multiplies and adds.
static double peak(int32_t isa, int32_t bits) {
#if defined(__x86_64__)
  if (isa == SKIP_ISA_AVX2_VNNI) return bits == SKIP_ACTIVATION_8_BITS ? peak_avx2_8() : peak_avx2_16();
  if (isa == SKIP_ISA_AVX512_VNNI) return bits == SKIP_ACTIVATION_8_BITS ? peak_avx512_8() : peak_avx512_16();
#endif
  (void)isa;
  (void)bits;
  return 0;
}

// --- one thread ------------------------------------------------------------------------------------------------------

// Whole matrices, one after the other. The weights of the first block of rows are random; the other blocks repeat them.
static unsigned char *random_records(size_t rows, size_t columns, size_t group_size, size_t copies) {
  size_t record_bytes = skip_int8_record_bytes(columns, group_size);
  size_t count = (rows + SKIP_INT8_ROW_BLOCK - 1) / SKIP_INT8_ROW_BLOCK * copies;
  unsigned char *records = allocate(count * record_bytes);
  float *values = random_floats(SKIP_INT8_ROW_BLOCK * columns);
  skip_kernels_best()->int8_quantize_block(values, SKIP_INT8_ROW_BLOCK, columns, group_size, records);
  for (size_t record = 1; record < count; record++) {
    memcpy(records + record * record_bytes, records, record_bytes);
  }
  free(values);
  return records;
}

static void bench_vector(const skip_kernels *kernels, size_t rows, size_t columns, size_t group_size, size_t copies,
                         const char *where) {
  size_t size = (rows + 15) / 16 * skip_int8_record_bytes(columns, group_size);
  unsigned char *records = random_records(rows, columns, group_size, copies);
  float *input = random_floats(columns);
  float *output = allocate(rows * sizeof *output);
  size_t copy = 0;
  MEASURE(seconds, {
    kernels->int8_matrix_vector(records + copy * size, group_size, NULL, input, output, rows, columns);
    copy = copy + 1 == copies ? 0 : copy + 1;
  })
  printf("%-10s int8_matrix_vector %6zu x %5zu, groups of %3zu, %-5s %7.1f GB/s\n", kernels->name, rows, columns,
         group_size, where, (double)size / seconds * 1e-9);
  free(records);
  free(input);
  free(output);
}

static void bench_tokens(const skip_kernels *kernels, size_t rows, size_t columns, size_t group_size, size_t tokens,
                         int32_t bits, double limit) {
  unsigned char *records = random_records(rows, columns, group_size, 1);
  float *input = random_floats(tokens * columns);
  float *output = allocate(tokens * rows * sizeof *output);
  void *quantized = allocate(skip_quantized_tokens_bytes(tokens, columns, group_size, bits));
  MEASURE(round_seconds,
          kernels->quantize_tokens(input, columns, NULL, tokens, columns, group_size, bits, quantized))
  MEASURE(seconds, kernels->int8_matrix_matrix(records, group_size, NULL, bits, quantized, output, rows, tokens, rows,
                                               columns))
  double speed = 2.0 * (double)rows * (double)columns * (double)tokens / seconds * 1e-9;
  printf("%-10s int8_matrix_matrix %2d bits %6zu x %5zu, groups of %3zu, %3zu tokens %7.1f GOP/s", kernels->name, bits,
         rows, columns, group_size, tokens, speed);
  if (limit > 0) {
    printf(" (%2.0f%% of peak)", 100 * speed / limit);
  }
  printf(", quantize_tokens %.1f GB/s\n", (double)(tokens * columns * sizeof(float)) / round_seconds * 1e-9);
  free(records);
  free(input);
  free(output);
  free(quantized);
}

static void bench_rounding(const skip_kernels *kernels, size_t columns) {
  float *values = random_floats(SKIP_INT8_ROW_BLOCK * columns);
  for (size_t group_size = 0; group_size <= 128; group_size += 64) {
    unsigned char *record = allocate(skip_int8_record_bytes(columns, group_size));
    MEASURE(make, kernels->int8_quantize_block(values, SKIP_INT8_ROW_BLOCK, columns, group_size, record))
    MEASURE(undo, for (size_t row = 0; row < SKIP_INT8_ROW_BLOCK; row++) {
      kernels->int8_row(record, group_size, row, columns, values + row * columns);
    })
    double weights = (double)(SKIP_INT8_ROW_BLOCK * columns) * 1e-9;
    printf("%-10s int8_quantize_block %5zu columns, groups of %3zu %5.1f, int8_row %5.1f G weights/s\n", kernels->name,
           columns, group_size, weights / make, weights / undo);
    free(record);
  }
  free(values);
}

// --- two threads -----------------------------------------------------------------------------------------------------

// The part of the work of one of two threads.
struct share {
  const skip_kernels *kernels;  // NULL: only read
  const unsigned char *records;
  size_t rows, columns, group_size;
  const float *input;
  float *output;
  pthread_barrier_t *barrier;
};

// Adds up the 64-bit words at `bytes`, to measure the speed of reading.
static uint64_t read_all(const unsigned char *bytes, size_t size) {
  typedef uint64_t words __attribute__((vector_size(64)));
  words sums[4] = {{0}, {0}, {0}, {0}};
  for (size_t offset = 0; offset + 256 <= size; offset += 256) {
    for (size_t i = 0; i < 4; i++) {
      words next;
      memcpy(&next, bytes + offset + i * 64, sizeof next);
      __builtin_prefetch((const void *)((uintptr_t)bytes + offset + i * 64 + 6144));
      sums[i] += next;
    }
  }
  words sum = sums[0] + sums[1] + sums[2] + sums[3];
  return sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
}

static void compute_share(const struct share *share) {
  if (share->kernels) {
    share->kernels->int8_matrix_vector(share->records, share->group_size, NULL, share->input, share->output,
                                       share->rows, share->columns);
  } else {
    size_t size = share->rows / 16 * skip_int8_record_bytes(share->columns, share->group_size);
    share->output[0] = (float)read_all(share->records, size);
  }
}

static void *run_share(void *argument) {
  struct share *share = argument;
  pthread_barrier_wait(share->barrier);
  compute_share(share);
  pthread_barrier_wait(share->barrier);
  return NULL;
}

static double wall_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Returns the seconds for both halves of the rows.
static double run_two(struct share *halves) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run_share, &halves[1]) != 0) {
    perror("bench_kernels");
    exit(1);
  }
  pthread_barrier_wait(halves[0].barrier);
  double start = wall_time();
  compute_share(&halves[0]);
  pthread_barrier_wait(halves[0].barrier);
  double seconds = wall_time() - start;
  pthread_join(thread, NULL);
  return seconds;
}

static void bench_two_threads(const skip_kernels *kernels, size_t rows, size_t columns, size_t group_size) {
  size_t size = rows / 16 * skip_int8_record_bytes(columns, group_size);
  unsigned char *records = random_records(rows, columns, group_size, 1);
  float *input = random_floats(columns);
  float *output = allocate(rows * sizeof *output);
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, 2);
  double best[2] = {1e9, 1e9};
  for (int run = 0; run < 40; run++) {
    struct share halves[2];
    for (size_t i = 0; i < 2; i++) {
      halves[i] = (struct share){run % 2 == 0 ? kernels : NULL, records + i * size / 2, rows / 2, columns, group_size,
                                 input, output + i * rows / 2, &barrier};
    }
    double seconds = run_two(halves);
    best[run % 2] = seconds < best[run % 2] ? seconds : best[run % 2];
  }
  printf("%-10s int8_matrix_vector with 2 threads, DRAM %.1f GB/s, reading alone %.1f GB/s: %.0f%%\n", kernels->name,
         (double)size / best[0] * 1e-9, (double)size / best[1] * 1e-9, 100 * best[1] / best[0]);
  pthread_barrier_destroy(&barrier);
  free(records);
  free(input);
  free(output);
}

void bench_int8(const skip_kernels *kernels, int32_t isa) {
  bool has_vector_kernels = isa == SKIP_ISA_NEON || isa == SKIP_ISA_AVX2 || isa == SKIP_ISA_AVX512;
  if (has_vector_kernels) {  // the other sets share them
    for (size_t group_size = 0; group_size <= 128; group_size += 64) {
      bench_vector(kernels, 576, 576, group_size, 1, "cache");
    }
    bench_vector(kernels, 576, 1536, 128, 1, "cache");
    bench_vector(kernels, 576, 576, 128, 600, "DRAM");
    bench_vector(kernels, 4096, 14336, 128, 4, "DRAM");
    bench_two_threads(kernels, 320000, 576, 128);
    bench_rounding(kernels, 576);
  }
  static const size_t shapes[][4] = {  // rows, columns, group size, tokens
      {576, 576, 0, 256},    {576, 576, 128, 256},   {576, 576, 64, 256},     {576, 576, 32, 256},
      {1536, 576, 128, 256}, {576, 1536, 128, 256},  {576, 576, 128, 16},     {576, 576, 128, 6},
      {4096, 4096, 128, 64}, {4096, 4096, 128, 256}, {1024, 14336, 128, 256},
  };
  for (int32_t bits = SKIP_ACTIVATION_8_BITS; bits <= SKIP_ACTIVATION_16_BITS; bits += 8) {
    double limit = peak(isa, bits);
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
      bench_tokens(kernels, shapes[shape][0], shapes[shape][1], shapes[shape][2], shapes[shape][3], bits, limit);
    }
  }
}
