// Private: products of a matrix and one token's vector. See vector.h.
//
// For one token the speed depends on how the matrix is read from memory, because it is much larger than the caches. Row
// after row is one sequential stream. This is 1.5 times as fast as several rows at a time, which load the input less
// often. Software prefetching makes it nearly as fast as reading alone. All rows use the same few load instructions,
// because the hardware prefetcher predicts the addresses of an instruction from its previous ones. A copy of the loop
// for each row has irregular steps and is an eighth slower.

enum {
  SUMS = 4,  // enough independent sums to hide the latency of multiply_add
  STEP = SUMS * LANES,
  PREFETCH_DISTANCE = 6144,  // bytes
};

INLINE void prefetch_step(int32_t type, const void *elements, size_t index) {
  uintptr_t address = element_address(type, elements, index) + PREFETCH_DISTANCE;
#pragma clang loop unroll(full)
  for (size_t offset = 0; offset < STEP * element_size(type); offset += CACHE_LINE) {
    __builtin_prefetch((const void *)(address + offset));
  }
}

// The sum of the result's lanes is the dot product of input and the row that starts at weights[start].
INLINE vector dot_row(int32_t type, const void *weights, size_t start, const float *input, size_t columns) {
  vector sums[SUMS] = {splat(0), splat(0), splat(0), splat(0)};
  size_t column = 0;
  for (; column + STEP <= columns; column += STEP) {
    prefetch_step(type, weights, start + column);
#pragma clang loop unroll(full)
    for (size_t s = 0; s < SUMS; s++) {
      size_t at = column + s * LANES;
      sums[s] = multiply_add(load_elements(type, weights, start + at), load(input + at), sums[s]);
    }
  }
  for (; column + LANES <= columns; column += LANES) {
    sums[0] = multiply_add(load_elements(type, weights, start + column), load(input + column), sums[0]);
  }
  if (column < columns) {
    size_t count = columns - column;
    vector weights_rest = load_first_elements(type, weights, start + column, count);
    sums[1] = multiply_add(weights_rest, load_first(input + column, count), sums[1]);
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

INLINE void multiply_rows(int32_t type, const void *weights, const float *input, float *output, size_t rows,
                          size_t columns) {
  size_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    vector sums[4];
#pragma clang loop unroll(disable)
    for (size_t r = 0; r < 4; r++) {
      sums[r] = dot_row(type, weights, (row + r) * columns, input, columns);
    }
    store_sums_of_four(output + row, sums[0], sums[1], sums[2], sums[3]);
  }
  for (; row < rows; row++) {
    output[row] = sum_of_lanes(dot_row(type, weights, row * columns, input, columns));
  }
}

static void matrix_vector(int32_t element_type, const void *weights, const float *bias, const float *input,
                          float *output, size_t rows, size_t columns) {
  switch (element_type) {
    case SKIP_FLOAT16:
      multiply_rows(SKIP_FLOAT16, weights, input, output, rows, columns);
      break;
    case SKIP_BFLOAT16:
      multiply_rows(SKIP_BFLOAT16, weights, input, output, rows, columns);
      break;
    default:
      multiply_rows(SKIP_FLOAT32, weights, input, output, rows, columns);
      break;
  }
  if (bias) {
    add(output, bias, rows);
  }
}

static void gated_matrix_vector(int32_t element_type, const void *gate, const void *up, const float *gate_bias,
                                const float *up_bias, int32_t activation, const float *input, float *output,
                                size_t rows, size_t columns) {
  enum { BLOCK = 32 };  // rows of gate, then the same rows of up: two sequential streams, one after the other
  float ups[BLOCK];
  size_t row_size = columns * element_size(element_type);
  for (size_t row = 0; row < rows; row += BLOCK) {
    size_t count = rows - row < BLOCK ? rows - row : BLOCK;
    const unsigned char *gate_rows = (const unsigned char *)gate + row * row_size;
    const unsigned char *up_rows = (const unsigned char *)up + row * row_size;
    matrix_vector(element_type, gate_rows, gate_bias ? gate_bias + row : NULL, input, output + row, count, columns);
    matrix_vector(element_type, up_rows, up_bias ? up_bias + row : NULL, input, ups, count, columns);
    gated_activation(output + row, ups, activation, count);
  }
}
