// The choice of an implementation at run time.
#include <stdbool.h>

#include "int8_layout.h"
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

size_t skip_int8_group_count(size_t columns, size_t group_size) {
  size_t group_columns = int8_group_columns(columns, group_size);
  return columns == 0 ? 0 : columns / group_columns + (columns % group_columns != 0);
}

size_t skip_int8_record_bytes(size_t columns, size_t group_size) {
  size_t scales = skip_int8_group_count(columns, group_size) * SKIP_INT8_ROW_BLOCK * sizeof(uint16_t);
  return (int8_scales_offset(columns) + scales + 63) / 64 * 64;
}

size_t skip_quantized_tokens_bytes(size_t token_count, size_t columns, size_t group_size, int32_t activation_bits) {
  size_t tiles = token_count / INT8_TOKEN_TILE + (token_count % INT8_TOKEN_TILE != 0);
  return tiles * int8_token_tile_bytes(columns, group_size, activation_bits);
}
