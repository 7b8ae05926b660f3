// Private: quantizing weights to int8, dequantizing them, and quantizing tokens. See vector.h and int8_layout.h.

typedef int8_t bytes __attribute__((vector_size(LANES)));
typedef int16_t shorts __attribute__((vector_size(2 * LANES)));
typedef uint64_t uint64_vector __attribute__((vector_size(2 * LANES)));

INLINE float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Returns the largest magnitude as the bits of a float. NaN is larger than infinity, which is larger than all numbers.
INLINE uint32_t largest_magnitude(const float *values, size_t count) {
  enum { SETS = 4 };
  const integers zero = (integers)splat(0);
  integers largest[SETS] = {zero, zero, zero, zero};
  size_t i = 0;
  for (; i + SETS * LANES <= count; i += SETS * LANES) {
#pragma clang loop unroll(full)
    for (size_t s = 0; s < SETS; s++) {
      integers magnitudes = (integers)load(values + i + s * LANES) & 0x7fffffff;
      largest[s] = __builtin_elementwise_max(largest[s], magnitudes);
    }
  }
  for (; i < count; i += LANES) {
    integers magnitudes = (integers)load_first(values + i, count - i) & 0x7fffffff;
    largest[0] = __builtin_elementwise_max(largest[0], magnitudes);
  }
  integers first = __builtin_elementwise_max(largest[0], largest[1]);
  integers second = __builtin_elementwise_max(largest[2], largest[3]);
  return (uint32_t)__builtin_reduce_max(__builtin_elementwise_max(first, second));
}

// --- weights ---------------------------------------------------------------------------------------------------------

// Rounds a row to integers, 0 past `count`. Writes complete vectors.
INLINE void round_weights(const float *values, float scale, size_t count, int8_t *rounded) {
  for (size_t i = 0; i < count; i += LANES) {
    vector quotient = load_first(values + i, count - i) / splat(scale);
    vector whole = round_to_integer(larger(splat(-127), smaller(splat(127), quotient)));
    bytes narrow = __builtin_convertvector(__builtin_convertvector(whole, integers), bytes);
    memcpy(rounded + i, &narrow, sizeof narrow);
  }
}

// Converts rows of staged integers to tiles.
INLINE void store_tiles(const int8_t *staged, size_t tile_count, unsigned char *tiles) {
  enum { ROWS = SKIP_INT8_ROW_BLOCK };
  for (size_t row = 0; row < ROWS; row += LANES) {
    for (size_t tile = 0; tile < tile_count; tile += LANES) {
      vector square[LANES];
      for (size_t i = 0; i < LANES; i++) {
        square[i] = load((const float *)(staged + (row + i) * INT8_TILE_BYTES) + tile);
      }
      transpose(square);
      for (size_t i = 0; i < LANES && tile + i < tile_count; i++) {
        store((float *)(tiles + (tile + i) * INT8_TILE_BYTES) + row, square[i]);
      }
    }
  }
}

// Quantizes the columns of one group of up to 16 rows, which are `stride` floats apart.
INLINE void quantize_group(const float *values, size_t row_count, size_t stride, size_t count, unsigned char *tiles,
                           uint16_t *scales) {
  enum { ROWS = SKIP_INT8_ROW_BLOCK, COLUMNS = INT8_TILE_BYTES };
  float divisors[ROWS] = {0};
  for (size_t row = 0; row < row_count; row++) {
    uint32_t largest = largest_magnitude(values + row * stride, count);
    uint32_t scale = 0x7fc0;
    if (largest < 0x7f800000) {
      scale = (bits_of_float(float_of_bits(largest) / 127) + 0xffff) >> 16;
      divisors[row] = float_of_bits(scale << 16);
    }
    scales[row] = (uint16_t)scale;
  }
  for (size_t first = 0; first < count; first += COLUMNS) {
    size_t chunk = count - first < COLUMNS ? count - first : COLUMNS;
    _Alignas(64) int8_t staged[ROWS * COLUMNS] = {0};
    for (size_t row = 0; row < row_count; row++) {
      if (divisors[row] != 0) {
        round_weights(values + row * stride + first, divisors[row], chunk, staged + row * COLUMNS);
      }
    }
    store_tiles(staged, int8_tiles(chunk), tiles + first / 4 * INT8_TILE_BYTES);
  }
}

static void int8_quantize_block(const float *values, size_t row_count, size_t columns, size_t group_size,
                                void *record) {
  unsigned char *tiles = record;
  size_t group_columns = int8_group_columns(columns, group_size);
  size_t offset = int8_scales_offset(columns);
  memset(tiles + offset, 0, skip_int8_record_bytes(columns, group_size) - offset);
  uint16_t *scales = (uint16_t *)(tiles + offset);
  for (size_t first = 0; first < columns; first += group_columns) {
    size_t count = columns - first < group_columns ? columns - first : group_columns;
    quantize_group(values + first, row_count, columns, count, tiles + first / 4 * INT8_TILE_BYTES, scales);
    scales += SKIP_INT8_ROW_BLOCK;
  }
}

// Unpacks integers [first, first + count) of a row; first is a multiple of 4.
INLINE void gather_row(const unsigned char *record_row, size_t first, size_t count, int8_t *values) {
  const unsigned char *quads = record_row + first / 4 * INT8_TILE_BYTES;
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    memcpy(values + i, quads, 4);
    quads += INT8_TILE_BYTES;
  }
  memcpy(values + i, quads, count - i);
}

// The first integer of a row, and its first scale.
struct int8_row_place {
  const unsigned char *quads;
  const unsigned char *scales;
};

INLINE struct int8_row_place place_of_row(const void *records, size_t group_size, size_t row, size_t columns) {
  size_t offset = row / SKIP_INT8_ROW_BLOCK * skip_int8_record_bytes(columns, group_size);
  const unsigned char *record = (const unsigned char *)records + offset;
  size_t lane = row % SKIP_INT8_ROW_BLOCK;
  return (struct int8_row_place){record + lane * 4, record + int8_scales_offset(columns) + lane * sizeof(uint16_t)};
}

INLINE float group_scale(struct int8_row_place place, size_t group) {
  uint16_t bits;
  memcpy(&bits, place.scales + group * SKIP_INT8_ROW_BLOCK * sizeof bits, sizeof bits);
  return float_of_bits((uint32_t)bits << 16);
}

static void int8_unpack_row(const void *records, size_t group_size, size_t row, size_t columns, int8_t *values,
                            float *scales) {
  struct int8_row_place place = place_of_row(records, group_size, row, columns);
  gather_row(place.quads, 0, columns, values);
  for (size_t group = 0; group < skip_int8_group_count(columns, group_size); group++) {
    scales[group] = group_scale(place, group);
  }
}

static void int8_row(const void *records, size_t group_size, size_t row, size_t columns, float *output) {
  enum { COLUMNS = 64 };
  struct int8_row_place place = place_of_row(records, group_size, row, columns);
  size_t group_columns = int8_group_columns(columns, group_size);
  for (size_t group = 0; group < skip_int8_group_count(columns, group_size); group++) {
    vector scale = splat(group_scale(place, group));
    size_t group_end = columns - group * group_columns < group_columns ? columns : (group + 1) * group_columns;
    for (size_t first = group * group_columns; first < group_end; first += COLUMNS) {
      int8_t values[COLUMNS] = {0};
      size_t count = group_end - first < COLUMNS ? group_end - first : COLUMNS;
      gather_row(place.quads, first, count, values);
      for (size_t i = 0; i < count; i += LANES) {
        bytes narrow;
        memcpy(&narrow, values + i, sizeof narrow);
        vector wide = __builtin_convertvector(__builtin_convertvector(narrow, integers), vector);
        store_first(output + first + i, wide * scale, count - i);
      }
    }
  }
}

// --- activations -----------------------------------------------------------------------------------------------------

// Exchanges the second and the third of every four columns.
INLINE shorts even_before_odd(shorts columns) {
  uint64_vector quads = (uint64_vector)columns;
  return (shorts)((quads & 0xffff00000000ffff) | (quads & 0xffff0000) << 16 | (quads >> 16 & 0xffff0000));
}

// Rounds a piece of a token to integers in storage order, 0 past `count`, and returns the sum that 8 bits need. Writes
// complete vectors.
INLINE int32_t round_activations(const int32_t bits, const float *input, float inverse, size_t count,
                                 unsigned char *staged) {
  integers sum = (integers)splat(0);
  for (size_t i = 0; i < count; i += LANES) {
    vector whole = round_to_integer(load_first(input + i, count - i) * splat(inverse));
    integers wide = __builtin_convertvector(whole, integers);
    if (bits == SKIP_ACTIVATION_8_BITS) {
      sum = sum + wide;
      bytes narrow = __builtin_convertvector(wide, bytes);
      memcpy(staged + i, &narrow, sizeof narrow);
    } else {
      shorts narrow = even_before_odd(__builtin_convertvector(wide, shorts));
      memcpy(staged + 2 * i, &narrow, sizeof narrow);
    }
  }
  return bits == SKIP_ACTIVATION_8_BITS ? __builtin_reduce_add(sum) : 0;
}

// Quantizes a piece of one token.
INLINE void quantize_piece(const int32_t bits, const float *input, size_t count, unsigned char *piece, size_t lane) {
  const float limit = bits == SKIP_ACTIVATION_8_BITS ? 127 : 32767;
  const size_t quad_bytes = (size_t)bits / 2;
  float scale = 0;
  int32_t sum = 0;
  _Alignas(64) unsigned char staged[INT8_PIECE_COLUMNS_16 * sizeof(int16_t)];
  uint32_t largest = largest_magnitude(input, count);
  if (largest < 0x7f800000 && float_of_bits(largest) >= 0x1p-96f) {
    scale = float_of_bits(largest) / limit;
    sum = round_activations(bits, input, limit / float_of_bits(largest), count, staged);
  } else {
    scale = largest < 0x7f800000 ? 0 : NAN;
    memset(staged, 0, sizeof staged);
  }
  ((float *)piece)[lane] = scale;
  ((int32_t *)piece)[INT8_TOKEN_TILE + lane] = sum;
  unsigned char *place = piece + int8_piece_offset(1, 0, bits) + lane * quad_bytes;
#pragma clang loop vectorize(disable)  // scatter instructions are slow
  for (size_t quad = 0; quad < int8_tiles(count); quad++) {
    memcpy(place, staged + quad * quad_bytes, quad_bytes);
    place += INT8_TOKEN_TILE * quad_bytes;
  }
}

INLINE void quantize_all_tokens(const int32_t bits, const float *input, size_t input_stride, const int32_t *tokens,
                                size_t token_count, size_t columns, size_t group_size, unsigned char *quantized) {
  size_t tile_bytes = int8_token_tile_bytes(columns, group_size, bits);
  size_t piece_columns = int8_piece_columns(columns, group_size, bits);
  if (token_count % INT8_TOKEN_TILE != 0) {
    memset(quantized + token_count / INT8_TOKEN_TILE * tile_bytes, 0, tile_bytes);
  }
  for (size_t index = 0; index < token_count; index++) {
    const float *token = input + (tokens ? (size_t)tokens[index] : index) * input_stride;
    unsigned char *tile = quantized + index / INT8_TOKEN_TILE * tile_bytes;
    for (size_t first = 0; first < columns; first += piece_columns) {
      size_t count = columns - first < piece_columns ? columns - first : piece_columns;
      unsigned char *piece = tile + int8_piece_offset(first / piece_columns, piece_columns, bits);
      quantize_piece(bits, token + first, count, piece, index % INT8_TOKEN_TILE);
    }
  }
}

static void quantize_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                            size_t columns, size_t group_size, int32_t activation_bits, void *quantized) {
  if (activation_bits == SKIP_ACTIVATION_8_BITS) {
    quantize_all_tokens(SKIP_ACTIVATION_8_BITS, input, input_stride, tokens, token_count, columns, group_size,
                        quantized);
  } else {
    quantize_all_tokens(SKIP_ACTIVATION_16_BITS, input, input_stride, tokens, token_count, columns, group_size,
                        quantized);
  }
}
