// Private: products of a matrix of floats and many tokens, and the tiles of tokens. See vector.h and body_matrix.h.

static void matrix_matrix(int32_t element_type, const void *weights, const float *bias, const float *packed,
                          float *output, size_t output_stride, size_t token_count, size_t rows, size_t columns,
                          float *scratch) {
  struct product product = {
      .weights = weights,
      .bias = bias,
      .packed = packed,
      .output = output,
      .output_stride = output_stride,
      .token_count = token_count,
      .rows = rows,
      .columns = columns,
      .scratch = scratch,
  };
  switch (element_type) {
    case SKIP_FLOAT16:
      multiply_matrix(SKIP_FLOAT16, &product);
      break;
    case SKIP_BFLOAT16:
      multiply_matrix(SKIP_BFLOAT16, &product);
      break;
    default:
      multiply_matrix(SKIP_FLOAT32, &product);
      break;
  }
}

static void pack_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                        size_t columns, float *packed) {
  for (size_t first = 0; first < token_count; first += LANES) {
    float *tile = packed + first / SKIP_TOKEN_TILE * SKIP_TOKEN_TILE * columns + first % SKIP_TOKEN_TILE;
    for (size_t column = 0; column < columns; column += LANES) {
      vector square[LANES];
      for (size_t lane = 0; lane < LANES; lane++) {
        size_t index = first + lane;
        square[lane] = splat(0);
        if (index < token_count) {
          size_t token = tokens ? (size_t)tokens[index] : index;
          square[lane] = load_first(input + token * input_stride + column, columns - column);
        }
      }
      transpose(square);
      for (size_t i = 0; i < LANES && column + i < columns; i++) {
        store(tile + (column + i) * SKIP_TOKEN_TILE, square[i]);
      }
    }
  }
  // The lanes of the last tile that no vector covers.
  size_t filled = (token_count + LANES - 1) / LANES * LANES;
  if (filled % SKIP_TOKEN_TILE != 0) {
    float *tile = packed + filled / SKIP_TOKEN_TILE * SKIP_TOKEN_TILE * columns;
    for (size_t column = 0; column < columns; column++) {
      for (size_t lane = filled % SKIP_TOKEN_TILE; lane < SKIP_TOKEN_TILE; lane++) {
        tile[column * SKIP_TOKEN_TILE + lane] = 0;
      }
    }
  }
}
