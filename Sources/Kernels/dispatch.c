// The choice of an implementation at run time.
#include <stdbool.h>

#include "tables.h"

// __builtin_cpu_supports also asks whether the operating system saves the registers.
static bool processor_has(int32_t isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  switch (isa) {
    case SKIP_ISA_SCALAR:
      return true;
#if defined(__x86_64__)
    case SKIP_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case SKIP_ISA_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
#if defined(__aarch64__)
    case SKIP_ISA_NEON:
      return true;  // part of every 64-bit ARM
#endif
    default:
      return false;
  }
}

const skip_kernels *skip_kernels_for(int32_t isa) {
  if (!processor_has(isa)) {
    return NULL;
  }
  switch (isa) {
#if defined(__x86_64__)
    case SKIP_ISA_AVX2:
      return &skip_kernels_avx2;
    case SKIP_ISA_AVX512:
      return &skip_kernels_avx512;
#endif
#if defined(__aarch64__)
    case SKIP_ISA_NEON:
      return &skip_kernels_neon;
#endif
    default:
      return &skip_kernels_scalar;
  }
}

const skip_kernels *skip_kernels_best(void) {
  for (int32_t isa = SKIP_ISA_AVX512; isa > SKIP_ISA_SCALAR; isa--) {
    const skip_kernels *kernels = skip_kernels_for(isa);
    if (kernels) {
      return kernels;
    }
  }
  return &skip_kernels_scalar;
}

size_t skip_matrix_matrix_scratch(size_t columns) {
  (void)columns;  // they are taken in blocks
  return SCRATCH_FLOATS;
}
