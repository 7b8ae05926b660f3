// read_bandwidth THREADS [SECONDS]: prints how fast this machine reads memory, in GB/s.
//
// Each thread reads its own part of 280 MB, which is far larger than the caches, with prefetches. The best pass counts.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef uint64_t line __attribute__((vector_size(64)));
enum { LINES = 8, AHEAD = 4096 };

static struct {
  const char *memory;
  size_t share;
  double seconds;
  pthread_barrier_t barrier;
} job;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static uint64_t read_all(const char *bytes, size_t count) {
  line sums[LINES] = {0};
  for (size_t offset = 0; offset < count; offset += sizeof sums) {
    for (size_t i = 0; i < LINES; i++) {
      __builtin_prefetch(bytes + offset + AHEAD + i * sizeof(line));
      sums[i] |= *(const line *)(bytes + offset + i * sizeof(line));
    }
  }
  uint64_t sum = 0;
  for (size_t i = 0; i < LINES; i++) {
    for (size_t j = 0; j < sizeof(line) / sizeof(uint64_t); j++) sum |= sums[i][j];
  }
  return sum;
}

static volatile uint64_t sink;

static void *work(void *index) {
  pthread_barrier_wait(&job.barrier);
  sink = read_all(job.memory + (size_t)index * job.share, job.share);
  pthread_barrier_wait(&job.barrier);
  return NULL;
}

int main(int argc, char **argv) {
  size_t threads = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
  job.seconds = argc > 2 ? strtod(argv[2], NULL) : 0.5;
  if (threads == 0 || threads > 64) {
    fprintf(stderr, "usage: read_bandwidth THREADS [SECONDS]\n");
    return 2;
  }
  const size_t unit = LINES * sizeof(line);
  job.share = (size_t)(280 << 20) / threads / unit * unit;
  size_t size = job.share * threads;
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    perror("mmap");
    return 1;
  }
  madvise(memory, size, MADV_HUGEPAGE);
  memset(memory, 1, size);
  job.memory = memory;
  pthread_barrier_init(&job.barrier, NULL, (unsigned)threads);
  double best = 1e9;
  for (double end = now() + job.seconds; now() < end;) {
    pthread_t others[64];
    for (size_t i = 1; i < threads; i++) {
      if (pthread_create(&others[i], NULL, work, (void *)i) != 0) return 1;
    }
    pthread_barrier_wait(&job.barrier);
    double start = now();
    sink = read_all(job.memory, job.share);
    pthread_barrier_wait(&job.barrier);
    double seconds = now() - start;
    if (seconds < best) best = seconds;
    for (size_t i = 1; i < threads; i++) pthread_join(others[i], NULL);
  }
  printf("%.2f\n", (double)size / best * 1e-9);
  return 0;
}
