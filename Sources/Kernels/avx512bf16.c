// AVX-512 BF16: products of bfloat16. All other functions come from avx512.c and avx512vnni.c.
//
// A pair of bfloat16 columns has the size of a float32, and one instruction adds two products to a float32 sum. A
// bfloat16 matrix is therefore treated as a float32 matrix with half as many columns and another multiply_add.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vector.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), \
                             apply_to = function)

#include "vector_avx512.h"

INLINE vector add_pairs(vector a, vector b, vector sum) { return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b); }

#define multiply_add add_pairs
#include "body_matrix.h"
#undef multiply_add

void skip_avx512bf16_matrix_matrix(const void *weights, const float *bias, const uint32_t *packed, float *output,
                                   size_t output_stride, size_t token_count, size_t rows, size_t columns,
                                   float *scratch) {
  struct product product = {
      .weights = weights,
      .bias = bias,
      .packed = (const float *)packed,
      .output = output,
      .output_stride = output_stride,
      .token_count = token_count,
      .rows = rows,
      .columns = columns / 2,
      .scratch = scratch,
  };
  multiply_matrix(SKIP_FLOAT32, &product);
}

// Loads columns [column, column + 32) of a token as 16 pairs.
INLINE vector load_pairs(const float *token, size_t column, size_t columns) {
  size_t left = columns - column;
  vector first = load_first(token + column, left);
  vector second = left > LANES ? load_first(token + column + LANES, left - LANES) : splat(0);
  return (vector)_mm512_cvtne2ps_pbh(second, first);
}

void skip_avx512bf16_pack_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                                 size_t columns, uint32_t *packed) {
  size_t pairs = columns / 2;
  for (size_t first = 0; first < token_count; first += SKIP_TOKEN_TILE) {
    for (size_t half = 0; half < SKIP_TOKEN_TILE; half += LANES) {
      float *tile = (float *)packed + first * pairs + half;
      for (size_t pair = 0; pair < pairs; pair += LANES) {
        vector square[LANES];
        for (size_t lane = 0; lane < LANES; lane++) {
          size_t index = first + half + lane;
          size_t token = index < token_count && tokens ? (size_t)tokens[index] : index;
          square[lane] = index < token_count ? load_pairs(input + token * input_stride, 2 * pair, columns) : splat(0);
        }
        transpose(square);
        for (size_t i = 0; i < LANES && pair + i < pairs; i++) {
          store(tile + (pair + i) * SKIP_TOKEN_TILE, square[i]);
        }
      }
    }
  }
}

#pragma clang attribute pop

#endif
