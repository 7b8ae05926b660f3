// Private to this target: the tables of all implementations and their shared constants.
#ifndef SKIPC_TABLES_H
#define SKIPC_TABLES_H

#include "kernels.h"

extern const skip_kernels skip_kernels_scalar;
#if defined(__x86_64__)
extern const skip_kernels skip_kernels_avx2;
extern const skip_kernels skip_kernels_avx2vnni;
extern const skip_kernels skip_kernels_avx512;
extern const skip_kernels skip_kernels_avx512vnni;
extern const skip_kernels skip_kernels_avx512bf16;
#endif
#if defined(__aarch64__)
extern const skip_kernels skip_kernels_neon;
extern const skip_kernels skip_kernels_neondot;
#endif

// int8_matrix_matrix of instruction sets whose file implements only a few functions.
typedef void skip_int8_matrix_matrix(const void *records, size_t group_size, const float *bias, int32_t activation_bits,
                                     const void *quantized, float *output, size_t output_stride, size_t token_count,
                                     size_t rows, size_t columns);
skip_int8_matrix_matrix skip_avx2vnni_int8_matrix_matrix;
skip_int8_matrix_matrix skip_avx512vnni_int8_matrix_matrix;
skip_int8_matrix_matrix skip_neondot_int8_matrix_matrix;

// Products of bfloat16 (avx512bf16.c).
void skip_avx512bf16_pack_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                                 size_t columns, uint32_t *packed);
void skip_avx512bf16_matrix_matrix(const void *weights, const float *bias, const uint32_t *packed, float *output,
                                   size_t output_stride, size_t token_count, size_t rows, size_t columns,
                                   float *scratch);

// The scalar definition of the int8 kernels (scalar_int8.c).
void skip_scalar_int8_matrix_vector(const void *records, size_t group_size, const float *bias, const float *input,
                                    float *output, size_t rows, size_t columns);
void skip_scalar_int8_gated_matrix_vector(const void *gate, const void *up, size_t group_size, const float *gate_bias,
                                          const float *up_bias, int32_t activation, const float *input, float *output,
                                          size_t rows, size_t columns);
void skip_scalar_quantize_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                                 size_t columns, size_t group_size, int32_t activation_bits, void *quantized);
skip_int8_matrix_matrix skip_scalar_int8_matrix_matrix;
void skip_scalar_int8_quantize_block(const float *values, size_t row_count, size_t columns, size_t group_size,
                                     void *record);
void skip_scalar_int8_figures(const float *values, size_t row_count, size_t columns, size_t group_size,
                              const void *record, double *figures);
void skip_scalar_int8_unpack_row(const void *records, size_t group_size, size_t row, size_t columns, int8_t *values,
                                 float *scales);
void skip_scalar_int8_row(const void *records, size_t group_size, size_t row, size_t columns, float *output);

// The number of positions that a query sees.
static inline size_t skip_position_count(const skip_attention *attention, size_t query) {
  return attention->position_count + (attention->more_positions ? (size_t)attention->more_positions[query] : 0);
}

// gelu_tanh(x) = x / 2 * (1 + tanh(GELU_SCALE * (x + GELU_CUBIC * x^3)))
#define GELU_SCALE 0.797884560802865356f  // sqrt(2 / pi)
#define GELU_CUBIC 0.044715f

// Floats of scratch for matrix_matrix: the maximum of all implementations.
enum { SCRATCH_FLOATS = 14 * 528 };

#endif
