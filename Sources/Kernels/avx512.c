// AVX-512 F, BW, DQ and VL: vectors of 16 floats, masks for remainders.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vector.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#include "vector_avx512.h"

#include "int8_avx512.h"

#include "body_table.h"

#pragma clang attribute pop

const skip_kernels skip_kernels_avx512 = SKIP_KERNELS_TABLE("avx512", int8_matrix_matrix, NULL, NULL);
const skip_kernels skip_kernels_avx512vnni =
    SKIP_KERNELS_TABLE("avx512vnni", skip_avx512vnni_int8_matrix_matrix, NULL, NULL);
const skip_kernels skip_kernels_avx512bf16 =
    SKIP_KERNELS_TABLE("avx512bf16", skip_avx512vnni_int8_matrix_matrix, skip_avx512bf16_pack_tokens,
                       skip_avx512bf16_matrix_matrix);

#endif
