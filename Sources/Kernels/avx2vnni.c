// AVX-VNNI: products of integers. All other functions come from avx2.c.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vector.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), \
                             apply_to = function)

#include "vector_avx2.h"

#include "int8_avx2vnni.h"

#include "body_int8_matrix.h"

void skip_avx2vnni_int8_matrix_matrix(const void *records, size_t group_size, const float *bias,
                                      int32_t activation_bits, const void *quantized, float *output,
                                      size_t output_stride, size_t token_count, size_t rows, size_t columns) {
  int8_matrix_matrix(records, group_size, bias, activation_bits, quantized, output, output_stride, token_count, rows,
                     columns);
}

#pragma clang attribute pop

#endif
