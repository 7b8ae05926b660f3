// Private: quantization errors of records, eight columns at a time, in the compiler's vector extension. See vector.h.

typedef double figures __attribute__((vector_size(FIGURE_LANES * sizeof(double))));
typedef float eight_floats __attribute__((vector_size(FIGURE_LANES * sizeof(float))));
typedef int8_t eight_integers __attribute__((vector_size(FIGURE_LANES)));

typedef struct figure_sums {
  figures squares, errors, largest;
} figure_sums;

// Loads columns [column, column + 8) of a row; columns past the end are zero.
INLINE void add_figures(figure_sums *sums, const float *values, const int8_t *tiles, double scale, size_t column,
                        size_t count) {
#pragma clang fp contract(off)
  eight_floats floats = {0};
  eight_integers integers = {0};
  if (count >= FIGURE_LANES) {
    memcpy(&floats, values + column, sizeof floats);
    memcpy(&integers, tiles + column / 4 * INT8_TILE_BYTES, 4);
    memcpy((char *)&integers + 4, tiles + (column / 4 + 1) * INT8_TILE_BYTES, 4);
  } else {
    memcpy(&floats, values + column, count * sizeof *values);
    memcpy(&integers, tiles + column / 4 * INT8_TILE_BYTES, count < 4 ? count : 4);
    if (count > 4) {
      memcpy((char *)&integers + 4, tiles + (column / 4 + 1) * INT8_TILE_BYTES, count - 4);
    }
  }
  figures value = __builtin_convertvector(floats, figures);
  figures error = __builtin_elementwise_abs(value - __builtin_convertvector(integers, figures) * scale);
  sums->squares += value * value;
  sums->errors += error * error;
  sums->largest = __builtin_elementwise_max(sums->largest, error);
}

static void int8_figures(const float *values, size_t row_count, size_t columns, size_t group_size, const void *record,
                         double *output) {
  size_t group_columns = int8_group_columns(columns, group_size);
  if (columns > group_columns && group_columns % FIGURE_LANES != 0) {
    // Eight columns would belong to two groups with different scales.
    skip_scalar_int8_figures(values, row_count, columns, group_size, record, output);
    return;
  }
  figure_sums sums = {{0}, {0}, {0}};
  const uint16_t *scales = (const uint16_t *)((const char *)record + int8_scales_offset(columns));
  for (size_t row = 0; row < row_count; row++) {
    const int8_t *tiles = (const int8_t *)record + row * 4;
    for (size_t first = 0, group = 0; first < columns; first += group_columns, group++) {
      size_t end = columns - first < group_columns ? columns : first + group_columns;
      double scale = int8_scale(scales[group * SKIP_INT8_ROW_BLOCK + row]);
      size_t column = first;
      for (; column + FIGURE_LANES <= end; column += FIGURE_LANES) {
        add_figures(&sums, values + row * columns, tiles, scale, column, FIGURE_LANES);
      }
      if (column < end) {
        add_figures(&sums, values + row * columns, tiles, scale, column, end - column);
      }
    }
  }
  output[0] = output[1] = output[2] = 0;
  for (size_t lane = 0; lane < FIGURE_LANES; lane++) {
    output[0] += sums.squares[lane];
    output[1] += sums.errors[lane];
    output[2] = sums.largest[lane] > output[2] ? sums.largest[lane] : output[2];
  }
}
