// Private to this target: the tables of all implementations, and the constants that they share.
#ifndef SKIPC_TABLES_H
#define SKIPC_TABLES_H

#include "kernels.h"

extern const skip_kernels skip_kernels_scalar;
#if defined(__x86_64__)
extern const skip_kernels skip_kernels_avx2;
extern const skip_kernels skip_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const skip_kernels skip_kernels_neon;
#endif

// gelu_tanh(x) = x / 2 * (1 + tanh(GELU_SCALE * (x + GELU_CUBIC * x^3)))
#define GELU_SCALE 0.797884560802865356f  // sqrt(2 / pi)
#define GELU_CUBIC 0.044715f

// Floats of scratch for matrix_matrix, the most that any implementation needs.
enum { SCRATCH_FLOATS = 14 * 528 };

#endif
