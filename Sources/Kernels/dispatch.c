// The choice of an implementation at run time.
#include <stdbool.h>

#include "tables.h"

// __builtin_cpu_supports also asks whether the operating system saves the registers.
static bool processor_has(int32_t isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (isa) {
    case SKIP_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case SKIP_ISA_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    default:
      return false;
  }
#else
  (void)isa;
  return false;
#endif
}

const skip_kernels *skip_kernels_for(int32_t isa) {
  (void)processor_has;
  switch (isa) {
    case SKIP_ISA_SCALAR:
      return &skip_kernels_scalar;
    default:
      return NULL;
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

size_t skip_matrix_matrix_scratch(size_t columns) { return columns * 16; }
