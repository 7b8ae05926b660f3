// Private: the layout of records of int8 weights (kernels.h) and of quantized tokens.
//
// Quantized tokens are stored in tiles of INT8_TOKEN_TILE tokens. Columns are divided into pieces, whose length divides
// the groups of the weights. A tile holds for each piece
//   scales   [INT8_TOKEN_TILE] float32
//   sums     [INT8_TOKEN_TILE] int32, the sums of the token's integers of 8 bits; 0 with 16 bits
//   values   [ceil(columns of the piece / 4)][INT8_TOKEN_TILE] of four columns of a token: 8 bits as (0 1 2 3),
//            16 bits as (0 2 1 3), so that 32 bits hold the pair for the even or the odd bytes of weights
// Tokens and columns past the end are 0.
#ifndef SKIPC_INT8_LAYOUT_H
#define SKIPC_INT8_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels.h"

enum {
  INT8_TILE_BYTES = 4 * SKIP_INT8_ROW_BLOCK,
  INT8_TOKEN_TILE = SKIP_QUANTIZED_TOKEN_TILE,
  // The largest number of columns of a piece. 8 bits need short pieces to be accurate: pieces of 32 columns increase
  // the perplexity of SmolLM2-135M by 0.23%, pieces of 128 columns by 1.0% and are 15% faster. 16 bits have no
  // measurable effect, but their sums must fit 32 bits: 128 * 127 * 32767 < 2^31.
  INT8_PIECE_COLUMNS_8 = 32,
  INT8_PIECE_COLUMNS_16 = 128,
  // The number of sums of int8_figures.
  FIGURE_LANES = 8,
};

static inline float int8_scale(uint16_t bfloat16) {
  uint32_t bits = (uint32_t)bfloat16 << 16;
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return scale;
}

static inline size_t int8_group_columns(size_t columns, size_t group_size) {
  return group_size == 0 || group_size > columns ? columns : group_size;
}

static inline size_t int8_tiles(size_t columns) { return columns / 4 + (columns % 4 != 0); }

// The offset of the scales in a record.
static inline size_t int8_scales_offset(size_t columns) { return int8_tiles(columns) * INT8_TILE_BYTES; }

// The number of columns of a piece: the largest divisor of the group that is a multiple of 4 and not above the limit.
static inline size_t int8_piece_columns(size_t columns, size_t group_size, int32_t activation_bits) {
  size_t piece = activation_bits == SKIP_ACTIVATION_8_BITS ? INT8_PIECE_COLUMNS_8 : INT8_PIECE_COLUMNS_16;
  bool is_whole_row = group_size == 0 || group_size >= columns;
  while (!is_whole_row && group_size % piece != 0 && piece > 4) {
    piece -= 4;
  }
  return piece;
}

// The number of bytes of a tile of tokens before a piece that only complete pieces precede.
static inline size_t int8_piece_offset(size_t piece, size_t piece_columns, int32_t activation_bits) {
  size_t head = INT8_TOKEN_TILE * (sizeof(float) + sizeof(int32_t));
  return piece * (head + piece_columns * INT8_TOKEN_TILE * (size_t)activation_bits / 8);
}

// The number of bytes of a complete tile of tokens.
static inline size_t int8_token_tile_bytes(size_t columns, size_t group_size, int32_t activation_bits) {
  size_t piece_columns = int8_piece_columns(columns, group_size, activation_bits);
  size_t pieces = columns / piece_columns;
  size_t rest = columns - pieces * piece_columns;
  size_t bytes = int8_piece_offset(pieces, piece_columns, activation_bits);
  return rest == 0 ? bytes : bytes + int8_piece_offset(1, int8_tiles(rest) * 4, activation_bits);
}

#endif
