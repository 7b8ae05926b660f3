// Chooses an implementation at run time.
#include <stdbool.h>
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "int8_layout.h"
#include "tables.h"

#if defined(__x86_64__)
// __builtin_cpu_supports also checks that the operating system saves the registers.
static const skip_kernels *table_for(int32_t isa) {
  __builtin_cpu_init();
  bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  bool has_vnni = has_avx512 && __builtin_cpu_supports("avx512vnni");
  switch (isa) {
    case SKIP_ISA_AVX2:
      return has_avx2 ? &skip_kernels_avx2 : NULL;
    case SKIP_ISA_AVX2_VNNI:
      return has_avx2 && __builtin_cpu_supports("avxvnni") ? &skip_kernels_avx2vnni : NULL;
    case SKIP_ISA_AVX512:
      return has_avx512 ? &skip_kernels_avx512 : NULL;
    case SKIP_ISA_AVX512_VNNI:
      return has_vnni ? &skip_kernels_avx512vnni : NULL;
    case SKIP_ISA_AVX512_BF16:
      return has_vnni && __builtin_cpu_supports("avx512bf16") ? &skip_kernels_avx512bf16 : NULL;
    default:
      return NULL;
  }
}
#elif defined(__aarch64__)
static bool has_dot_products(void) {
#if defined(__ARM_FEATURE_DOTPROD)
  return true;
#elif defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
  return false;
#endif
}

static const skip_kernels *table_for(int32_t isa) {
  switch (isa) {
    case SKIP_ISA_NEON:
      return &skip_kernels_neon;  // every 64-bit ARM processor has it
    case SKIP_ISA_NEON_DOT:
      return has_dot_products() ? &skip_kernels_neondot : NULL;
    default:
      return NULL;
  }
}
#else
static const skip_kernels *table_for(int32_t isa) {
  (void)isa;
  return NULL;
}
#endif

const skip_kernels *skip_kernels_for(int32_t isa) {
  return isa == SKIP_ISA_SCALAR ? &skip_kernels_scalar : table_for(isa);
}

const skip_kernels *skip_kernels_best(void) {
  for (int32_t isa = SKIP_ISA_AVX512_BF16; isa > SKIP_ISA_SCALAR; isa--) {
    const skip_kernels *kernels = skip_kernels_for(isa);
    if (kernels) {
      return kernels;
    }
  }
  return &skip_kernels_scalar;
}

size_t skip_matrix_matrix_scratch(size_t columns) {
  (void)columns;  // columns are processed in blocks
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
