// AVX-512 VNNI: products of integers. All other functions come from avx512.c.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vector.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

#include "vector_avx512.h"

#include "int8_avx512vnni.h"

#include "body_int8_matrix.h"

void skip_avx512vnni_int8_matrix_matrix(const void *records, size_t group_size, const float *bias,
                                        int32_t activation_bits, const void *quantized, float *output,
                                        size_t output_stride, size_t token_count, size_t rows, size_t columns) {
  int8_matrix_matrix(records, group_size, bias, activation_bits, quantized, output, output_stride, token_count, rows,
                     columns);
}

#pragma clang attribute pop

#endif
