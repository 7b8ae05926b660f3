// Private: products of a matrix of int8 weights and many quantized tokens. See vector.h and int8_layout.h.
//
// A strip of rows (complete records, which stay in the first or second level cache) is multiplied with all tokens
// before the next strip is read. STRIP_VECTORS x STRIP_TOKENS_* sums are computed at a time: each lane is a row, and
// four columns of a token are broadcast to all lanes. The integer sums of a piece are scaled and added to float32 sums.
//
// Each instruction set defines, besides the operations of vector.h:
//   STRIP_VECTORS, STRIP_TOKENS_8, STRIP_TOKENS_16  the register tile for each number of bits
//   int8_weights                 LANES rows of four columns, prepared for products
//   prepare_weights              from LANES * 4 bytes of a tile
//   start_sum                    the initial value of a sum, from the sum of the token's integers
//   int8_columns, load_columns   four columns of one token, in all lanes
//   add_products                 sum + products of weights and columns
//   SCALED_IN_MEMORY             whether the float32 sums are in memory, because the registers are too few

enum {
  STRIP_RECORDS = STRIP_VECTORS / ROW_VECTORS,
  MOST_TOKENS = STRIP_TOKENS_8 > STRIP_TOKENS_16 ? STRIP_TOKENS_8 : STRIP_TOKENS_16,
  PIECE_HEAD = INT8_TOKEN_TILE * (sizeof(float) + sizeof(int32_t)),
};
_Static_assert(STRIP_VECTORS % ROW_VECTORS == 0, "a strip is a number of records");
_Static_assert(INT8_TOKEN_TILE % STRIP_TOKENS_8 == 0 && INT8_TOKEN_TILE % STRIP_TOKENS_16 == 0,
               "a tile is a number of blocks of tokens");

struct int8_product {
  size_t columns;
  size_t group_columns;
  size_t piece_columns;
  size_t record_bytes;
  size_t scales_offset;
  size_t token_tile_bytes;
  size_t output_stride;
};

// A block of outputs: a strip of rows and several tokens of a tile.
struct int8_block {
  const unsigned char *records;  // of the strip
  const unsigned char *tile;     // of tokens
  size_t lane;                   // of the block's first token in the tile
  const float *bias;             // of the strip's first row, or NULL
  float *output;                 // of the block's first token and row
  size_t rows;                   // number of stored rows and tokens
  size_t token_count;
};

// Computes sums of products of integers over `tiles` tiles. `bits`, `vectors` and `tokens` are constants in every use.
INLINE void multiply_piece(const int32_t bits, const int vectors, const int tokens, const unsigned char *weights,
                           size_t record_bytes, const unsigned char *values, size_t tiles,
                           integers sums[STRIP_VECTORS][MOST_TOKENS]) {
  const size_t quad_bytes = (size_t)bits / 2;
  for (size_t tile = 0; tile < tiles; tile++) {
    int8_weights prepared[STRIP_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      size_t offset = (size_t)(v / ROW_VECTORS) * record_bytes + (size_t)(v % ROW_VECTORS) * sizeof(vector);
      prepared[v] = prepare_weights(bits, weights + offset);
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < tokens; t++) {
      int8_columns columns = load_columns(bits, values + (size_t)t * quad_bytes);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sums[v][t] = add_products(bits, sums[v][t], prepared[v], columns);
      }
    }
    weights += INT8_TILE_BYTES;
    values += INT8_TOKEN_TILE * quad_bytes;
  }
}

// totals[vector][token] = fma(sum of integers, token's scale * weights' scale, total)
INLINE void add_scaled(const int vectors, const int tokens, const unsigned char *scales, size_t record_bytes,
                       const float *token_scales, integers sums[STRIP_VECTORS][MOST_TOKENS],
                       vector totals[STRIP_VECTORS][MOST_TOKENS]) {
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    const unsigned char *record = scales + (size_t)(v / ROW_VECTORS) * record_bytes;
    vector weight_scales = load_elements(SKIP_BFLOAT16, record, (size_t)(v % ROW_VECTORS) * LANES);
#pragma clang loop unroll(full)
    for (int t = 0; t < tokens; t++) {
      vector sum = __builtin_convertvector(sums[v][t], vector);
      totals[v][t] = multiply_add(sum, splat(token_scales[t]) * weight_scales, totals[v][t]);
    }
  }
}

INLINE void multiply_strip_block(const int32_t bits, const int vectors, const int tokens,
                                 const struct int8_product *product, const struct int8_block *block) {
  vector totals[STRIP_VECTORS][MOST_TOKENS];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    size_t row = (size_t)v * LANES;
    bool has_bias = block->bias && row < block->rows;
    vector bias = has_bias ? load_first(block->bias + row, block->rows - row) : splat(0);
#pragma clang loop unroll(full)
    for (int t = 0; t < tokens; t++) {
      totals[v][t] = bias;
    }
  }
  if (SCALED_IN_MEMORY) {
    __asm__("" : : "r"(totals) : "memory");  // otherwise compilers spill the integer sums of the inner loop
  }
  const unsigned char *piece = block->tile;
  for (size_t first = 0; first < product->columns; first += product->piece_columns) {
    size_t left = product->columns - first;
    size_t tiles = int8_tiles(left < product->piece_columns ? left : product->piece_columns);
    const float *token_scales = (const float *)piece + block->lane;
    const int32_t *token_sums = (const int32_t *)piece + INT8_TOKEN_TILE + block->lane;
    integers sums[STRIP_VECTORS][MOST_TOKENS];
#pragma clang loop unroll(full)
    for (int t = 0; t < tokens; t++) {
      integers start = start_sum(bits, token_sums[t]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sums[v][t] = start;
      }
    }
    multiply_piece(bits, vectors, tokens, block->records + first / 4 * INT8_TILE_BYTES, product->record_bytes,
                   piece + PIECE_HEAD + block->lane * (size_t)bits / 2, tiles, sums);
    size_t group = first / product->group_columns;
    const unsigned char *scales =
        block->records + product->scales_offset + group * SKIP_INT8_ROW_BLOCK * sizeof(uint16_t);
    if (SCALED_IN_MEMORY) {
      __asm__("" : : "r"(totals) : "memory");
    }
    add_scaled(vectors, tokens, scales, product->record_bytes, token_scales, sums, totals);
    piece += PIECE_HEAD + tiles * INT8_TOKEN_TILE * (size_t)bits / 2;
  }
#pragma clang loop unroll(full)
  for (int t = 0; t < tokens; t++) {
    if ((size_t)t >= block->token_count) {
      break;
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      size_t row = (size_t)v * LANES;
      if (row < block->rows) {
        store_first(block->output + (size_t)t * product->output_stride + row, totals[v][t], block->rows - row);
      }
    }
  }
}

// Prefetches part `index` of `count` parts of the bytes to the second-level cache.
INLINE void prefetch_part(const unsigned char *bytes, size_t size, size_t index, size_t count) {
  size_t part = (size / count + CACHE_LINE) / CACHE_LINE * CACHE_LINE;
  for (size_t offset = index * part; offset < (index + 1) * part && offset < size; offset += CACHE_LINE) {
    __builtin_prefetch(bytes + offset, 0, 2);
  }
}

INLINE void int8_multiply_matrix(const int32_t bits, const int block_tokens, const struct int8_product *product,
                                 const unsigned char *records, const float *bias, const unsigned char *quantized,
                                 float *output, size_t token_count, size_t rows) {
  enum { STRIP_ROWS = STRIP_RECORDS * SKIP_INT8_ROW_BLOCK };
  size_t strip_bytes = STRIP_RECORDS * product->record_bytes;
  size_t tokens = (size_t)block_tokens;
  size_t block_count = token_count / tokens + 1;
  for (size_t row = 0; row < rows; row += STRIP_ROWS) {
    size_t rows_left = rows - row;
    size_t rows_next = rows_left > STRIP_ROWS ? rows_left - STRIP_ROWS : 0;
    size_t next_bytes = rows_next >= STRIP_ROWS ? strip_bytes : (rows_next + 15) / 16 * product->record_bytes;
    for (size_t token = 0; token < token_count; token += tokens) {
      struct int8_block block = {
          .records = records,
          .tile = quantized + token / INT8_TOKEN_TILE * product->token_tile_bytes,
          .lane = token % INT8_TOKEN_TILE,
          .bias = bias ? bias + row : NULL,
          .output = output + token * product->output_stride + row,
          .rows = rows_left < STRIP_ROWS ? rows_left : STRIP_ROWS,
          .token_count = token_count - token,
      };
      prefetch_part(records + strip_bytes, next_bytes, token / tokens, block_count);
      if (rows_left > STRIP_ROWS - SKIP_INT8_ROW_BLOCK) {
        multiply_strip_block(bits, STRIP_VECTORS, block_tokens, product, &block);
      } else {
        multiply_strip_block(bits, ROW_VECTORS, block_tokens, product, &block);
      }
    }
    records += strip_bytes;
  }
}

static void int8_matrix_matrix(const void *records, size_t group_size, const float *bias, int32_t activation_bits,
                               const void *quantized, float *output, size_t output_stride, size_t token_count,
                               size_t rows, size_t columns) {
  struct int8_product product = {
      .columns = columns,
      .group_columns = int8_group_columns(columns, group_size),
      .piece_columns = int8_piece_columns(columns, group_size, activation_bits),
      .record_bytes = skip_int8_record_bytes(columns, group_size),
      .scales_offset = int8_scales_offset(columns),
      .token_tile_bytes = int8_token_tile_bytes(columns, group_size, activation_bits),
      .output_stride = output_stride,
  };
  if (activation_bits == SKIP_ACTIVATION_8_BITS) {
    int8_multiply_matrix(SKIP_ACTIVATION_8_BITS, STRIP_TOKENS_8, &product, records, bias, quantized, output,
                         token_count, rows);
  } else {
    int8_multiply_matrix(SKIP_ACTIVATION_16_BITS, STRIP_TOKENS_16, &product, records, bias, quantized, output,
                         token_count, rows);
  }
}
