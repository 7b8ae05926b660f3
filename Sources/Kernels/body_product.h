// Private: products of a matrix and one token's vector. See vector.h.
//
// Four rows are walked together: each load of the input serves four, and the sums need no horizontal step until the
// end of the rows.

enum { ROWS_AT_ONCE = 4, STEP = 2 * LANES };

// `row_count` is a constant in every use.
INLINE void dot_rows(int32_t type, const void *weights, size_t first_row, const float *input, size_t columns,
                     const int row_count, vector sums[ROWS_AT_ONCE]) {
  vector even[ROWS_AT_ONCE];
  vector odd[ROWS_AT_ONCE];
  size_t start[ROWS_AT_ONCE];
  for (int r = 0; r < row_count; r++) {
    even[r] = splat(0);
    odd[r] = splat(0);
    start[r] = (first_row + (size_t)r) * columns;
  }
  size_t column = 0;
  for (; column + STEP <= columns; column += STEP) {
    vector input_even = load(input + column);
    vector input_odd = load(input + column + LANES);
    for (int r = 0; r < row_count; r++) {
      even[r] = multiply_add(load_elements(type, weights, start[r] + column), input_even, even[r]);
      odd[r] = multiply_add(load_elements(type, weights, start[r] + column + LANES), input_odd, odd[r]);
    }
  }
  for (; column < columns; column += LANES) {
    size_t count = columns - column < LANES ? columns - column : LANES;
    vector input_rest = load_first(input + column, count);
    for (int r = 0; r < row_count; r++) {
      even[r] = multiply_add(load_first_elements(type, weights, start[r] + column, count), input_rest, even[r]);
    }
  }
  for (int r = 0; r < row_count; r++) {
    sums[r] = even[r] + odd[r];
  }
}

INLINE void multiply_rows(int32_t type, const void *weights, const float *input, float *output, size_t rows,
                          size_t columns) {
  size_t row = 0;
  for (; row + ROWS_AT_ONCE <= rows; row += ROWS_AT_ONCE) {
    vector sums[ROWS_AT_ONCE];
    dot_rows(type, weights, row, input, columns, ROWS_AT_ONCE, sums);
    store_sums_of_four(output + row, sums[0], sums[1], sums[2], sums[3]);
  }
  for (; row < rows; row++) {
    vector sums[ROWS_AT_ONCE];
    dot_rows(type, weights, row, input, columns, 1, sums);
    output[row] = sum_of_lanes(sums[0]);
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
  enum { BLOCK = 32 };  // rows of gate, then the same rows of up: two streams through memory, one after the other
  float ups[BLOCK];
  size_t row_size = columns * (element_type == SKIP_FLOAT32 ? sizeof(float) : sizeof(uint16_t));
  for (size_t row = 0; row < rows; row += BLOCK) {
    size_t count = rows - row < BLOCK ? rows - row : BLOCK;
    const unsigned char *gate_rows = (const unsigned char *)gate + row * row_size;
    const unsigned char *up_rows = (const unsigned char *)up + row * row_size;
    matrix_vector(element_type, gate_rows, gate_bias ? gate_bias + row : NULL, input, output + row, count, columns);
    matrix_vector(element_type, up_rows, up_bias ? up_bias + row : NULL, input, ups, count, columns);
    gated_activation(output + row, ups, activation, count);
  }
}
