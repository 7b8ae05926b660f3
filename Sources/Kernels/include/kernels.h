// The compute kernels of skipc: no allocation, no I/O, scalars and pointers only. Hashing is in sha256.h.
//
// The scalar files (scalar*.c) define the functions; one file per instruction set implements them for speed. The best
// table that the processor can run is chosen at run time. Every other implementation is tested against the scalar one
// at sizes that are no multiples of its vectors. pack_tokens, add, widen, narrow, first_nonfinite and all int8
// functions except the matrix-vector products return the same bits in all implementations; the others differ by the
// rounding of float32 sums. The vector implementations share their algorithms (body_*.h).
//
// Matrices are row-major [rows][columns] as PyTorch's Linear stores them: row r holds the weights of output r.
// Unless stated otherwise, pointers need only the alignment of their element, and buffers do not overlap.
#ifndef SKIPC_KERNELS_H
#define SKIPC_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Element types; the values are those of the .skipgpt tensor table.
enum skip_element_type {
  SKIP_FLOAT32 = 1,
  SKIP_FLOAT16 = 2,
  SKIP_BFLOAT16 = 3,
};

// Instruction sets, worst first.
enum skip_isa {
  SKIP_ISA_SCALAR = 0,
  SKIP_ISA_NEON = 1,
  SKIP_ISA_NEON_DOT = 2,     // and dot products of int8
  SKIP_ISA_AVX2 = 3,         // AVX2, FMA and F16C
  SKIP_ISA_AVX2_VNNI = 4,    // and AVX-VNNI
  SKIP_ISA_AVX512 = 5,       // AVX-512 F, BW, DQ, VL
  SKIP_ISA_AVX512_VNNI = 6,  // and AVX-512 VNNI
  SKIP_ISA_AVX512_BF16 = 7,  // and AVX-512 BF16
};

// Activations; the values are those of the .skipgpt config section.
enum skip_activation {
  SKIP_SILU = 1,
  SKIP_GELU_TANH = 2,
};

// The number of tokens in a tile of a packed activation matrix (see pack_tokens).
#define SKIP_TOKEN_TILE 32

// int8 weights, "rows by sixteen": a matrix [rows][columns] is stored as ceil(rows / 16) records of
// skip_int8_record_bytes(columns, group_size), one for each block of 16 rows. Columns are divided into groups of
// group_size, a multiple of 4 (0: one group, the whole row; the last group may be shorter). A record holds
//   values  ceil(columns / 4) tiles of 64 bytes, tile[r][j] = q[16 * block + r][4 * tile + j] with r < 16 and j < 4;
//   scales  [groups][16] bfloat16;
//   zeros   up to a multiple of 64 bytes.
// weight = q * scale, -127 <= q <= 127. Rows and columns past the end are 0 and have scale 0. Threads may divide the
// rows at multiples of 16: block * skip_int8_record_bytes, and outputs and biases accordingly. Records must be aligned
// to 2 bytes; 64 bytes are fastest.
#define SKIP_INT8_ROW_BLOCK 16

// Tokens may be quantized in parts (quantize_tokens). A part that starts at a multiple of SKIP_QUANTIZED_TOKEN_TILE is
// stored at offset skip_quantized_tokens_bytes(number of tokens before it).
#define SKIP_QUANTIZED_TOKEN_TILE 12

// The rounding of activations in int8_matrix_matrix, for each token and piece of a group of weights. 8 bits are up to
// twice as fast with VNNI, and change the output of a model as much as weights of 8 bits do. 16 bits (an error of at
// most 2^-16 of the piece's largest value) have no measurable effect.
enum skip_activation_bits {
  SKIP_ACTIVATION_8_BITS = 8,
  SKIP_ACTIVATION_16_BITS = 16,
};

// The arguments of attend, which computes attention of query heads to cached positions:
//   scores[p] = softcap(scale * query . keys[p]);  output = sum_p softmax(scores)[p] * values[p].
typedef struct skip_attention {
  // [query_count] rows of head_dimension floats, query_stride apart; output_stride for the outputs.
  const float *queries;
  size_t query_stride;
  float *output;
  size_t output_stride;
  size_t query_count;
  size_t head_dimension;
  // Query i sees the first position_count + (more_positions ? more_positions[i] : 0) positions. Its output is zero if
  // it sees none, and does not depend on the other queries.
  size_t position_count;
  const int32_t *more_positions;
  // Rows of head_dimension floats, one for each position, `stride` floats apart.
  const float *keys;
  const float *values;
  size_t stride;
  float scale;
  float softcap;  // 0: none
  // Floats: SKIP_ATTEND_QUERIES times the largest number of positions that a query sees, rounded up to a multiple of 4.
  // After a call with a single query it contains exp(score - largest score).
  float *scores;
} skip_attention;

// The largest number of queries that an implementation computes together.
#define SKIP_ATTEND_QUERIES 4

typedef struct skip_kernels {
  const char *name;  // "scalar", "neon", "neondot", "avx2", "avx2vnni", "avx512", "avx512vnni", "avx512bf16"

  // --- one token: matrix-vector products -----------------------------------------------------------------------

  // output[r] = sum_c weights[r][c] * input[c] + (bias ? bias[r] : 0), accumulated in float32.
  void (*matrix_vector)(int32_t element_type, const void *weights, const float *bias, const float *input,
                        float *output, size_t rows, size_t columns);

  // output[r] = activation(gate[r] . input + gate_bias[r]) * (up[r] . input + up_bias[r]); biases may be NULL.
  void (*gated_matrix_vector)(int32_t element_type, const void *gate, const void *up, const float *gate_bias,
                              const float *up_bias, int32_t activation, const float *input, float *output,
                              size_t rows, size_t columns);

  // --- many tokens: matrix-matrix products ---------------------------------------------------------------------

  // Gathers tokens into tiles for matrix_matrix: packed[tile][column][lane] holds
  // input[token_of(tile * SKIP_TOKEN_TILE + lane) * input_stride + column], token_of(i) = tokens ? tokens[i] : i.
  // Lanes past token_count are zero. packed holds ceil(token_count / TILE) * columns * TILE floats, 64-byte aligned.
  void (*pack_tokens)(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                      size_t columns, float *packed);

  // output[t * output_stride + r] = sum_c weights[r][c] * packed(t, c) + (bias ? bias[r] : 0) for all t < token_count.
  // scratch: skip_matrix_matrix_scratch(columns) floats, 64-byte aligned.
  void (*matrix_matrix)(int32_t element_type, const void *weights, const float *bias, const float *packed,
                        float *output, size_t output_stride, size_t token_count, size_t rows, size_t columns,
                        float *scratch);

  // The same with activations rounded to bfloat16 (to nearest even), for bfloat16 weights and an even number of
  // columns. Twice as fast if the processor has instructions for it. Both are NULL in all other implementations except
  // the scalar one. packed holds ceil(token_count / TILE) * columns / 2 * TILE pairs of columns in the order of
  // pack_tokens, 64-byte aligned.
  void (*pack_tokens_bfloat16)(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                               size_t columns, uint32_t *packed);
  void (*bfloat16_matrix_matrix)(const void *weights, const float *bias, const uint32_t *packed, float *output,
                                 size_t output_stride, size_t token_count, size_t rows, size_t columns,
                                 float *scratch);

  // --- the parts of a layer ------------------------------------------------------------------------------------

  // output[i] = input[i] / sqrt(mean(input^2) + epsilon) * weight[i]
  void (*rms_norm)(const float *input, const float *weight, float epsilon, float *output, size_t count);

  // In place on heads of head_dimension: (a, b) = (v[i], v[i + half]) becomes
  // (a * cosine[i] - b * sine[i], b * cosine[i] + a * sine[i]).
  // cosine and sine hold the head_dimension / 2 values of the token's position.
  void (*rotate)(float *values, const float *cosine, const float *sine, size_t head_count, size_t head_dimension);

  // Causal attention of query heads that share keys and values.
  void (*attend)(const skip_attention *attention);

  // gate[i] = activation(gate[i]) * up[i]
  void (*gated_activation)(float *gate, const float *up, int32_t activation, size_t count);

  // target[i] += addend[i]
  void (*add)(float *target, const float *addend, size_t count);

  // --- conversion of weights -----------------------------------------------------------------------------------

  // Widens to float32, exactly; a float16 NaN keeps its payload and becomes quiet.
  void (*widen)(int32_t element_type, const void *input, float *output, size_t count);

  // Rounds to nearest even. float16 overflows to infinity, which callers find with first_nonfinite. A NaN becomes a
  // quiet NaN with the upper bits of its payload. float32 is copied.
  void (*narrow)(int32_t element_type, const float *input, void *output, size_t count);

  // The index of the first NaN or infinity, or count if there is none. As fast as memory is read.
  size_t (*first_nonfinite)(int32_t element_type, const void *input, size_t count);

  // --- int8 weights, in records (SKIP_INT8_ROW_BLOCK) ------------------------------------------------------------

  // matrix_vector of int8 weights and float32 activations, in float32.
  void (*int8_matrix_vector)(const void *records, size_t group_size, const float *bias, const float *input,
                             float *output, size_t rows, size_t columns);

  // gated_matrix_vector of int8 weights and float32 activations.
  void (*int8_gated_matrix_vector)(const void *gate, const void *up, size_t group_size, const float *gate_bias,
                                   const float *up_bias, int32_t activation, const float *input, float *output,
                                   size_t rows, size_t columns);

  // Gathers tokens for int8_matrix_matrix as pack_tokens does, and rounds them to integers (to nearest even; the scale
  // of a piece is its largest magnitude / 127 or 32767, 0 if that is below 2^-96, and NaN with all integers 0 if
  // a value is not finite). activation_bits: SKIP_ACTIVATION_*. quantized: skip_quantized_tokens_bytes, 64-byte
  // aligned. It can be used with every matrix of this group_size and these columns.
  void (*quantize_tokens)(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                          size_t columns, size_t group_size, int32_t activation_bits, void *quantized);

  // matrix_matrix of int8 weights and quantized tokens: exact sums of integer products within each piece of a group,
  // sum = fma(integer sum, token's scale * weights' scale, sum) over the pieces in order, starting from the bias.
  void (*int8_matrix_matrix)(const void *records, size_t group_size, const float *bias, int32_t activation_bits,
                             const void *quantized, float *output, size_t output_stride, size_t token_count,
                             size_t rows, size_t columns);

  // Rounds up to 16 rows of floats [row_count][columns] to one record. Per row and group: scale = largest magnitude /
  // 127 in float32, rounded up to bfloat16; q = value / scale in float32, rounded to nearest even, within -127...127;
  // a scale of 0 has q = 0. Values must be finite; otherwise the scale is NaN and q = 0.
  void (*int8_quantize_block)(const float *values, size_t row_count, size_t columns, size_t group_size, void *record);

  // The quantization error of a record, in double: figures[0] = sum of value^2, figures[1] = sum of (value - q *
  // scale)^2, figures[2] = the largest |value - q * scale|. There is one sum for each column % 8, row after row; then
  // the eight sums are added in order. Values must be finite.
  void (*int8_figures)(const float *values, size_t row_count, size_t columns, size_t group_size, const void *record,
                       double *figures);

  // The integers of a row [columns] and the scales of its groups [skip_int8_group_count(columns, group_size)].
  void (*int8_unpack_row)(const void *records, size_t group_size, size_t row, size_t columns, int8_t *values,
                          float *scales);

  // The weights of a row [columns].
  void (*int8_row)(const void *records, size_t group_size, size_t row, size_t columns, float *output);
} skip_kernels;

// The number of groups in a row of int8 weights. Here and below, group_size 0 means the whole row.
size_t skip_int8_group_count(size_t columns, size_t group_size);

// The number of bytes of a record of 16 rows of int8 weights.
size_t skip_int8_record_bytes(size_t columns, size_t group_size);

// The number of bytes that quantize_tokens writes.
size_t skip_quantized_tokens_bytes(size_t token_count, size_t columns, size_t group_size, int32_t activation_bits);

// The number of scratch floats that matrix_matrix needs.
size_t skip_matrix_matrix_scratch(size_t columns);

// The kernels of an instruction set; NULL if it is not compiled in or this processor cannot run it.
const skip_kernels *skip_kernels_for(int32_t isa);

// The best kernels that this processor can run.
const skip_kernels *skip_kernels_best(void);

#endif
