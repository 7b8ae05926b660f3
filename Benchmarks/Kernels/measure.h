// Private to the benchmarks of kernels: timing, memory and random numbers.
#ifndef SKIPC_MEASURE_H
#define SKIPC_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernels.h"

static inline double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);  // excludes the time of other processes
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Sets `seconds` to the shortest time of one run of `statement` within 0.1 s. Runs batches that take far longer than
// reading the clock.
#define MEASURE(seconds, statement)                           \
  double seconds = 1e9;                                       \
  int seconds##_batch = 1;                                    \
  for (double begin = now(); now() - begin < 0.1;) {          \
    double start = now();                                     \
    for (int run = 0; run < seconds##_batch; run++) {         \
      statement;                                              \
    }                                                         \
    double took = now() - start;                              \
    double one = took / seconds##_batch;                      \
    seconds = one < seconds ? one : seconds;                  \
    seconds##_batch *= took < 0.0002 ? 2 : 1;                 \
  }

static uint64_t random_state = 1;

// Returns a uniform number in [-1, 1), from SplitMix64.
static inline float random_float(void) {
  uint64_t z = (random_state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (float)(int32_t)((z ^ (z >> 31)) >> 32) * 0x1p-31f;
}

static inline void *allocate(size_t size) {
  void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
  if (!memory) {
    perror("bench_kernels");
    exit(1);
  }
  return memory;
}

static inline float *random_floats(size_t count) {
  float *values = allocate(count * sizeof *values);
  for (size_t i = 0; i < count; i++) {
    values[i] = random_float();
  }
  return values;
}

// bench_int8.c
void bench_int8(const skip_kernels *kernels, int32_t isa);

#endif
