// The definition of int8_figures. See scalar.c.
#include <math.h>

#include "int8_layout.h"
#include "tables.h"

// Products and sums are rounded separately, so that all implementations return the same bits.
#pragma clang fp contract(off)

// Adds columns [first, end) of a row. `tiles` and `scale` belong to the row; column c adds to sums[c % FIGURE_LANES].
static void add_group(const float *values, const int8_t *tiles, double scale, size_t first, size_t end,
                      double *squares, double *errors, double *largest) {
  for (size_t column = first; column < end; column++) {
    double value = values[column];
    double error = fabs(value - tiles[column / 4 * INT8_TILE_BYTES + column % 4] * scale);
    squares[column % FIGURE_LANES] += value * value;
    errors[column % FIGURE_LANES] += error * error;
    *largest = error > *largest ? error : *largest;
  }
}

void skip_scalar_int8_figures(const float *values, size_t row_count, size_t columns, size_t group_size,
                              const void *record, double *figures) {
  double squares[FIGURE_LANES] = {0};
  double errors[FIGURE_LANES] = {0};
  double largest = 0;
  size_t group_columns = int8_group_columns(columns, group_size);
  const uint16_t *scales = (const uint16_t *)((const char *)record + int8_scales_offset(columns));
  for (size_t row = 0; row < row_count; row++) {
    const int8_t *tiles = (const int8_t *)record + row * 4;
    for (size_t first = 0, group = 0; first < columns; first += group_columns, group++) {
      size_t end = columns - first < group_columns ? columns : first + group_columns;
      float scale = int8_scale(scales[group * SKIP_INT8_ROW_BLOCK + row]);
      add_group(values + row * columns, tiles, scale, first, end, squares, errors, &largest);
    }
  }
  figures[0] = figures[1] = 0;
  for (size_t lane = 0; lane < FIGURE_LANES; lane++) {
    figures[0] += squares[lane];
    figures[1] += errors[lane];
  }
  figures[2] = largest;
}
