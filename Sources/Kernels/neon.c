// 64-bit ARM: vectors of 4 floats. Every processor of that architecture has them, so nothing has to be enabled.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "vector.h"

#include "vector_neon.h"

#include "int8_neon.h"

#include "body_table.h"

const skip_kernels skip_kernels_neon = SKIP_KERNELS_TABLE("neon", int8_matrix_matrix, NULL, NULL);
const skip_kernels skip_kernels_neondot = SKIP_KERNELS_TABLE("neondot", skip_neondot_int8_matrix_matrix, NULL, NULL);

#endif
