// AVX2, FMA and F16C: vectors of 8 floats.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vector.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "vector_avx2.h"

#include "int8_avx2.h"

#include "body_table.h"

#pragma clang attribute pop

const skip_kernels skip_kernels_avx2 = SKIP_KERNELS_TABLE("avx2", int8_matrix_matrix, NULL, NULL);
const skip_kernels skip_kernels_avx2vnni = SKIP_KERNELS_TABLE("avx2vnni", skip_avx2vnni_int8_matrix_matrix, NULL, NULL);

#endif
