// Private: products of a matrix of int8 weights and one token's float32 vector. See vector.h and int8_layout.h.
//
// Each lane is a row. One instruction moves the byte of a column to the top of its lane and clears the other bits,
// which results in q * 2^24. The sums of a group are multiplied by 2^-24, which is exact, and by the scales of the
// group. Records are read as one sequential stream, because memory bandwidth limits the speed.

enum {
  TILE_SETS = ROW_VECTORS > 1 ? 1 : 2,  // tiles with separate sums, enough to hide the latency of multiply_add
  TILE_PREFETCH = 8192,                 // bytes
};

// sums[set][vector][column] += four columns of 16 rows times `input`.
INLINE void multiply_quad(const unsigned char *tile, const float *input, vector sums[ROW_VECTORS][4]) {
#pragma clang loop unroll(full)
  for (size_t v = 0; v < ROW_VECTORS; v++) {
    vector quads = load((const float *)tile + v * LANES);
    sums[v][0] = multiply_add(column_at_top(quads, 0), splat(input[0]), sums[v][0]);
    sums[v][1] = multiply_add(column_at_top(quads, 1), splat(input[1]), sums[v][1]);
    sums[v][2] = multiply_add(column_at_top(quads, 2), splat(input[2]), sums[v][2]);
    sums[v][3] = multiply_add(column_at_top(quads, 3), splat(input[3]), sums[v][3]);
  }
}

// totals += scales * (columns [first, first + count) times `input`)
INLINE void multiply_group_columns(const unsigned char *tile, const uint16_t *scales, const float *input, size_t count,
                                   vector totals[ROW_VECTORS]) {
  vector sums[TILE_SETS][ROW_VECTORS][4];
#pragma clang loop unroll(full)
  for (size_t set = 0; set < TILE_SETS; set++) {
#pragma clang loop unroll(full)
    for (size_t v = 0; v < ROW_VECTORS; v++) {
#pragma clang loop unroll(full)
      for (size_t j = 0; j < 4; j++) {
        sums[set][v][j] = splat(0);
      }
    }
  }
  size_t column = 0;
  for (; column + TILE_SETS * 4 <= count; column += TILE_SETS * 4) {
#pragma clang loop unroll(full)
    for (size_t set = 0; set < TILE_SETS; set++) {
      __builtin_prefetch((const void *)((uintptr_t)tile + TILE_PREFETCH));
      multiply_quad(tile, input + column + set * 4, sums[set]);
      tile += INT8_TILE_BYTES;
    }
  }
  for (; column < count; column += 4) {
    float quad[4] = {0};
    memcpy(quad, input + column, (count - column < 4 ? count - column : 4) * sizeof *quad);
    multiply_quad(tile, quad, sums[0]);
    tile += INT8_TILE_BYTES;
  }
#pragma clang loop unroll(full)
  for (size_t v = 0; v < ROW_VECTORS; v++) {
    vector sum = (sums[0][v][0] + sums[0][v][1]) + (sums[0][v][2] + sums[0][v][3]);
    if (TILE_SETS > 1) {
      vector *other = sums[TILE_SETS - 1][v];
      sum = sum + ((other[0] + other[1]) + (other[2] + other[3]));
    }
    vector scale = load_elements(SKIP_BFLOAT16, scales, v * LANES);
    totals[v] = multiply_add(sum * splat(0x1p-24f), scale, totals[v]);
  }
}

static void int8_matrix_vector(const void *records, size_t group_size, const float *bias, const float *input,
                               float *output, size_t rows, size_t columns) {
  size_t record_bytes = skip_int8_record_bytes(columns, group_size);
  size_t group_columns = int8_group_columns(columns, group_size);
  const unsigned char *record = records;
  for (size_t row = 0; row < rows; row += SKIP_INT8_ROW_BLOCK) {
    size_t count = rows - row < SKIP_INT8_ROW_BLOCK ? rows - row : SKIP_INT8_ROW_BLOCK;
    vector totals[ROW_VECTORS];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < ROW_VECTORS; v++) {
      bool has_bias = bias && v * LANES < count;
      totals[v] = has_bias ? load_first(bias + row + v * LANES, count - v * LANES) : splat(0);
    }
    const uint16_t *scales = (const uint16_t *)(record + int8_scales_offset(columns));
    for (size_t first = 0; first < columns; first += group_columns) {
      size_t left = columns - first;
      // Scales follow the tiles of the record, so the prefetching of tiles does not cover them in time.
      __builtin_prefetch((const void *)((uintptr_t)scales + record_bytes));
      multiply_group_columns(record + first / 4 * INT8_TILE_BYTES, scales, input + first,
                             left < group_columns ? left : group_columns, totals);
      scales += SKIP_INT8_ROW_BLOCK;
    }
#pragma clang loop unroll(full)
    for (size_t v = 0; v < ROW_VECTORS; v++) {
      if (v * LANES < count) {
        store_first(output + row + v * LANES, totals[v], count - v * LANES);
      }
    }
    record += record_bytes;
  }
}

static void int8_gated_matrix_vector(const void *gate, const void *up, size_t group_size, const float *gate_bias,
                                     const float *up_bias, int32_t activation, const float *input, float *output,
                                     size_t rows, size_t columns) {
  enum { BLOCK = 2 * SKIP_INT8_ROW_BLOCK };  // two sequential streams, one after the other
  size_t record_bytes = skip_int8_record_bytes(columns, group_size);
  float ups[BLOCK];
  for (size_t row = 0; row < rows; row += BLOCK) {
    size_t count = rows - row < BLOCK ? rows - row : BLOCK;
    size_t offset = row / SKIP_INT8_ROW_BLOCK * record_bytes;
    int8_matrix_vector((const unsigned char *)gate + offset, group_size, gate_bias ? gate_bias + row : NULL, input,
                       output + row, count, columns);
    int8_matrix_vector((const unsigned char *)up + offset, group_size, up_bias ? up_bias + row : NULL, input, ups,
                       count, columns);
    gated_activation(output + row, ups, activation, count);
  }
}
