// Private: products of a matrix and many tokens. See vector.h.
//
// The weights of a group of rows are widened once into scratch and multiplied with every tile of tokens: each lane is a
// token, a weight is broadcast, and GROUP_ROWS x GROUP_VECTORS sums stay in registers for all columns of a block.
// Columns and tokens are blocked so that the packed tokens of a block stay in the second-level cache for all rows, and
// the widened weights of a group in the first-level cache.

enum {
  SMALL_GROUP_ROWS = 4,
  COLUMN_BLOCK = 512,
  TOKEN_BLOCK = 256,  // with 512 columns 512 KiB
  // A row of scratch is longer than the block, because otherwise all rows of a group would map to the same cache sets.
  SCRATCH_STRIDE = COLUMN_BLOCK + 16,
};
_Static_assert(GROUP_ROWS * SCRATCH_STRIDE <= SCRATCH_FLOATS, "scratch holds a group of rows");

// The destination of the sums of a group: output[token][row], with tokens `stride` floats apart.
struct group_output {
  float *output;
  size_t stride;
  size_t rows;        // of the group
  const float *bias;  // of the group's first row, or NULL
  bool is_first;      // whether it is the first block of columns, which sets the output; later blocks add to it
};

// Transposes the sums of up to LANES rows for LANES tokens, so that the outputs of a token are stored together.
INLINE void store_group(const struct group_output *group, size_t first_row, size_t row_count, size_t first_token,
                        size_t token_count, vector sums[LANES]) {
  transpose(sums);
  float *output = group->output + first_token * group->stride + first_row;
  vector bias = group->bias ? load_first(group->bias + first_row, row_count) : splat(0);
  for (size_t token = 0; token < LANES; token++) {
    if (token == token_count) {
      break;
    }
    vector base = group->is_first ? bias : load_first(output, row_count);
    store_first(output, sums[token] + base, row_count);
    output += group->stride;
  }
}

// `row_count` and `vector_count` are constants in every use.
INLINE void multiply_group(const float *scratch, const float *packed, size_t columns, const int row_count,
                           const int vector_count, const struct group_output *group, size_t first_token,
                           size_t token_count) {
  vector sums[GROUP_ROWS][GROUP_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < row_count; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vector_count; v++) {
      sums[r][v] = splat(0);
    }
  }
  for (size_t column = 0; column < columns; column++) {
    vector tokens[GROUP_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vector_count; v++) {
      tokens[v] = load(packed + column * SKIP_TOKEN_TILE + (size_t)v * LANES);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < row_count; r++) {
      vector weight = splat(scratch[(size_t)r * SCRATCH_STRIDE + column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vector_count; v++) {
        sums[r][v] = multiply_add(weight, tokens[v], sums[r][v]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vector_count; v++) {
    size_t token = (size_t)v * LANES;
    if (token >= token_count) {
      break;
    }
#pragma clang loop unroll(full)
    for (int first = 0; first < row_count; first += LANES) {
      vector square[LANES];
#pragma clang loop unroll(full)
      for (int i = 0; i < LANES; i++) {
        square[i] = first + i < row_count ? sums[first + i][v] : splat(0);
      }
      if ((size_t)first < group->rows) {
        size_t rows = group->rows - (size_t)first;
        store_group(group, (size_t)first, rows < LANES ? rows : LANES, first_token + token, token_count - token,
                    square);
      }
    }
  }
}

struct product {
  const void *weights;
  const float *bias;
  const float *packed;
  float *output;
  size_t output_stride;
  size_t token_count;
  size_t rows;
  size_t columns;
  float *scratch;
};

// A range of the columns or of the tokens.
struct block {
  size_t first;
  size_t count;
};

// Widens a group of rows into scratch and prefetches the next group, which is needed after this one has been multiplied
// with all tokens. Rows past the end repeat the last row; their sums are not stored.
INLINE void widen_group(int32_t type, const struct product *product, size_t first_row, int row_count,
                        struct block columns) {
  for (int r = 0; r < row_count; r++) {
    size_t row = first_row + (size_t)r < product->rows ? first_row + (size_t)r : product->rows - 1;
    size_t start = row * product->columns + columns.first;
    uintptr_t next = element_address(type, product->weights, start + (size_t)row_count * product->columns);
    float *widened = product->scratch + r * SCRATCH_STRIDE;
    size_t column = 0;
    for (; column + LANES <= columns.count; column += LANES) {
      __builtin_prefetch((const void *)(next + column * element_size(type)), 0, 2);  // to the second-level cache
      store(widened + column, load_elements(type, product->weights, start + column));
    }
    if (column < columns.count) {
      size_t count = columns.count - column;
      store_first(widened + column, load_first_elements(type, product->weights, start + column, count), count);
    }
  }
}

// `row_count` is a constant in every use.
INLINE void multiply_tiles(const struct product *product, const int row_count, struct block columns,
                           struct block tokens, const struct group_output *group) {
  enum { LINE = GROUP_VECTORS * LANES };
  size_t end = tokens.first + tokens.count;
  for (size_t token = tokens.first; token < end; token += LINE) {
    size_t tile = token / SKIP_TOKEN_TILE * SKIP_TOKEN_TILE;
    const float *packed =
        product->packed + tile * product->columns + columns.first * SKIP_TOKEN_TILE + token % SKIP_TOKEN_TILE;
    size_t count = end - token;
    if (count > LINE / 2) {
      multiply_group(product->scratch, packed, columns.count, row_count, GROUP_VECTORS, group, token, count);
    } else {
      multiply_group(product->scratch, packed, columns.count, row_count, GROUP_VECTORS / 2, group, token, count);
    }
  }
}

INLINE void multiply_block(int32_t type, const struct product *product, struct block columns, struct block tokens) {
  size_t row = 0;
  while (row < product->rows) {
    struct group_output group = {
        .output = product->output + row,
        .stride = product->output_stride,
        .rows = product->rows - row,
        .bias = product->bias ? product->bias + row : NULL,
        .is_first = columns.first == 0,
    };
    if (group.rows > SMALL_GROUP_ROWS) {
      group.rows = group.rows < GROUP_ROWS ? group.rows : GROUP_ROWS;
      widen_group(type, product, row, GROUP_ROWS, columns);
      multiply_tiles(product, GROUP_ROWS, columns, tokens, &group);
    } else {
      widen_group(type, product, row, SMALL_GROUP_ROWS, columns);
      multiply_tiles(product, SMALL_GROUP_ROWS, columns, tokens, &group);
    }
    row += group.rows;
  }
}

INLINE void multiply_matrix(int32_t type, const struct product *product) {
  // At least one block, so that the output of a matrix without columns is its bias.
  size_t block_count = product->columns <= COLUMN_BLOCK ? 1 : (product->columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
  size_t block_columns = (product->columns + block_count - 1) / block_count;
  for (size_t token = 0; token < product->token_count; token += TOKEN_BLOCK) {
    size_t tokens_left = product->token_count - token;
    struct block tokens = {token, tokens_left < TOKEN_BLOCK ? tokens_left : TOKEN_BLOCK};
    for (size_t index = 0; index < block_count; index++) {
      size_t first = index * block_columns;
      size_t columns_left = product->columns - first;
      struct block columns = {first, columns_left < block_columns ? columns_left : block_columns};
      multiply_block(type, product, columns, tokens);
    }
  }
}
