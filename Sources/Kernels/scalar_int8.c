// The definition of the int8 kernels. See scalar.c.
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "int8_layout.h"
#include "tables.h"

static uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Returns the largest magnitude as the bits of a float. NaN is larger than infinity, which is larger than all numbers.
static uint32_t largest_magnitude(const float *values, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t magnitude = bits_of_float(values[i]) & 0x7fffffff;
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

// --- weights ---------------------------------------------------------------------------------------------------------

static const unsigned char *record_of_row(const void *records, size_t group_size, size_t row, size_t columns) {
  size_t block = row / SKIP_INT8_ROW_BLOCK;
  return (const unsigned char *)records + block * skip_int8_record_bytes(columns, group_size);
}

static int8_t value(const unsigned char *record, size_t row, size_t column) {
  return (int8_t)record[column / 4 * INT8_TILE_BYTES + row % SKIP_INT8_ROW_BLOCK * 4 + column % 4];
}

static float scale(const unsigned char *record, size_t row, size_t column, size_t columns, size_t group_size) {
  size_t group = column == 0 ? 0 : column / int8_group_columns(columns, group_size);
  uint16_t bits;
  const unsigned char *scales = record + int8_scales_offset(columns);
  memcpy(&bits, scales + (group * SKIP_INT8_ROW_BLOCK + row % SKIP_INT8_ROW_BLOCK) * sizeof bits, sizeof bits);
  return float_of_bits((uint32_t)bits << 16);
}

void skip_scalar_int8_row(const void *records, size_t group_size, size_t row, size_t columns, float *output) {
  const unsigned char *record = record_of_row(records, group_size, row, columns);
  for (size_t column = 0; column < columns; column++) {
    output[column] = (float)value(record, row, column) * scale(record, row, column, columns, group_size);
  }
}

void skip_scalar_int8_unpack_row(const void *records, size_t group_size, size_t row, size_t columns, int8_t *values,
                                 float *scales) {
  const unsigned char *record = record_of_row(records, group_size, row, columns);
  for (size_t column = 0; column < columns; column++) {
    values[column] = value(record, row, column);
  }
  for (size_t group = 0; group < skip_int8_group_count(columns, group_size); group++) {
    size_t first_column = group * int8_group_columns(columns, group_size);
    scales[group] = scale(record, row, first_column, columns, group_size);
  }
}

void skip_scalar_int8_quantize_block(const float *values, size_t row_count, size_t columns, size_t group_size,
                                     void *record) {
  memset(record, 0, skip_int8_record_bytes(columns, group_size));
  int8_t *tiles = record;
  unsigned char *scales = (unsigned char *)record + int8_scales_offset(columns);
  size_t group_columns = int8_group_columns(columns, group_size);
  for (size_t row = 0; row < row_count; row++) {
    for (size_t group = 0; group < skip_int8_group_count(columns, group_size); group++) {
      size_t first = group * group_columns;
      size_t count = columns - first < group_columns ? columns - first : group_columns;
      uint32_t largest = largest_magnitude(values + row * columns + first, count);
      uint16_t scale_bits = 0x7fc0;
      if (largest < 0x7f800000) {
        scale_bits = (uint16_t)((bits_of_float(float_of_bits(largest) / 127) + 0xffff) >> 16);
      }
      memcpy(scales + (group * SKIP_INT8_ROW_BLOCK + row) * sizeof scale_bits, &scale_bits, sizeof scale_bits);
      if (scale_bits == 0 || largest >= 0x7f800000) {
        continue;
      }
      for (size_t column = first; column < first + count; column++) {
        float quotient = values[row * columns + column] / float_of_bits((uint32_t)scale_bits << 16);
        float rounded = fminf(127, fmaxf(-127, rintf(quotient)));
        tiles[column / 4 * INT8_TILE_BYTES + row * 4 + column % 4] = (int8_t)rounded;
      }
    }
  }
}

// --- one token -------------------------------------------------------------------------------------------------------

void skip_scalar_int8_matrix_vector(const void *records, size_t group_size, const float *bias, const float *input,
                                    float *output, size_t rows, size_t columns) {
  size_t group_columns = int8_group_columns(columns, group_size);
  for (size_t row = 0; row < rows; row++) {
    const unsigned char *record = record_of_row(records, group_size, row, columns);
    float sum = bias ? bias[row] : 0;
    for (size_t first = 0; first < columns; first += group_columns) {
      float group_sum = 0;
      for (size_t column = first; column < columns && column - first < group_columns; column++) {
        group_sum += (float)value(record, row, column) * input[column];
      }
      sum += group_sum * scale(record, row, first, columns, group_size);
    }
    output[row] = sum;
  }
}

void skip_scalar_int8_gated_matrix_vector(const void *gate, const void *up, size_t group_size, const float *gate_bias,
                                          const float *up_bias, int32_t activation, const float *input, float *output,
                                          size_t rows, size_t columns) {
  size_t record_bytes = skip_int8_record_bytes(columns, group_size);
  for (size_t row = 0; row < rows; row += SKIP_INT8_ROW_BLOCK) {
    size_t count = rows - row < SKIP_INT8_ROW_BLOCK ? rows - row : SKIP_INT8_ROW_BLOCK;
    size_t offset = row / SKIP_INT8_ROW_BLOCK * record_bytes;
    float ups[SKIP_INT8_ROW_BLOCK];
    skip_scalar_int8_matrix_vector((const unsigned char *)gate + offset, group_size, gate_bias ? gate_bias + row : NULL,
                                   input, output + row, count, columns);
    skip_scalar_int8_matrix_vector((const unsigned char *)up + offset, group_size, up_bias ? up_bias + row : NULL,
                                   input, ups, count, columns);
    skip_kernels_scalar.gated_activation(output + row, ups, activation, count);
  }
}

// --- many tokens -----------------------------------------------------------------------------------------------------

// Stores columns [first, first + count) of a token, multiplied by `inverse`, in lane `lane` of a piece.
static void round_piece(const float *input, size_t count, float inverse, int32_t activation_bits, size_t lane,
                        unsigned char *piece) {
  static const size_t places[4] = {0, 2, 1, 3};
  int32_t *sums = (int32_t *)piece + INT8_TOKEN_TILE;
  unsigned char *values = piece + int8_piece_offset(1, 0, activation_bits);
  for (size_t column = 0; column < count; column++) {
    int32_t integer = (int32_t)rintf(input[column] * inverse);
    size_t quad = column / 4 * INT8_TOKEN_TILE + lane;
    if (activation_bits == SKIP_ACTIVATION_8_BITS) {
      ((int8_t *)values)[quad * 4 + column % 4] = (int8_t)integer;
      sums[lane] += integer;
    } else {
      ((int16_t *)values)[quad * 4 + places[column % 4]] = (int16_t)integer;
    }
  }
}

void skip_scalar_quantize_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                                 size_t columns, size_t group_size, int32_t activation_bits, void *quantized) {
  memset(quantized, 0, skip_quantized_tokens_bytes(token_count, columns, group_size, activation_bits));
  size_t tile_bytes = int8_token_tile_bytes(columns, group_size, activation_bits);
  size_t piece_columns = int8_piece_columns(columns, group_size, activation_bits);
  float limit = activation_bits == SKIP_ACTIVATION_8_BITS ? 127 : 32767;
  for (size_t index = 0; index < token_count; index++) {
    const float *token = input + (tokens ? (size_t)tokens[index] : index) * input_stride;
    unsigned char *tile = (unsigned char *)quantized + index / INT8_TOKEN_TILE * tile_bytes;
    size_t lane = index % INT8_TOKEN_TILE;
    for (size_t first = 0; first < columns; first += piece_columns) {
      size_t count = columns - first < piece_columns ? columns - first : piece_columns;
      unsigned char *piece = tile + int8_piece_offset(first / piece_columns, piece_columns, activation_bits);
      uint32_t largest = largest_magnitude(token + first, count);
      float *scales = (float *)piece;
      if (largest >= 0x7f800000) {
        scales[lane] = NAN;
      } else if (float_of_bits(largest) >= 0x1p-96f) {
        scales[lane] = float_of_bits(largest) / limit;
        round_piece(token + first, count, limit / float_of_bits(largest), activation_bits, lane, piece);
      }
    }
  }
}

// Returns the sum of the products of the integers of a piece.
static int32_t multiply_piece(const unsigned char *record, size_t row, size_t first_column, size_t count,
                              const unsigned char *piece, size_t lane, int32_t activation_bits) {
  static const size_t places[4] = {0, 2, 1, 3};
  const unsigned char *values = piece + int8_piece_offset(1, 0, activation_bits);
  int32_t sum = 0;
  for (size_t column = 0; column < count; column++) {
    size_t quad = column / 4 * INT8_TOKEN_TILE + lane;
    int32_t integer = activation_bits == SKIP_ACTIVATION_8_BITS
                          ? ((const int8_t *)values)[quad * 4 + column % 4]
                          : ((const int16_t *)values)[quad * 4 + places[column % 4]];
    sum += integer * value(record, row, first_column + column);
  }
  return sum;
}

void skip_scalar_int8_matrix_matrix(const void *records, size_t group_size, const float *bias, int32_t activation_bits,
                                    const void *quantized, float *output, size_t output_stride, size_t token_count,
                                    size_t rows, size_t columns) {
  size_t tile_bytes = int8_token_tile_bytes(columns, group_size, activation_bits);
  size_t piece_columns = int8_piece_columns(columns, group_size, activation_bits);
  for (size_t token = 0; token < token_count; token++) {
    const unsigned char *tile = (const unsigned char *)quantized + token / INT8_TOKEN_TILE * tile_bytes;
    size_t lane = token % INT8_TOKEN_TILE;
    for (size_t row = 0; row < rows; row++) {
      const unsigned char *record = record_of_row(records, group_size, row, columns);
      float sum = bias ? bias[row] : 0;
      for (size_t first = 0; first < columns; first += piece_columns) {
        size_t count = columns - first < piece_columns ? columns - first : piece_columns;
        const unsigned char *piece = tile + int8_piece_offset(first / piece_columns, piece_columns, activation_bits);
        int32_t integer = multiply_piece(record, row, first, count, piece, lane, activation_bits);
        float token_scale = ((const float *)piece)[lane];
        sum = fmaf((float)integer, token_scale * scale(record, row, first, columns, group_size), sum);
      }
      output[token * output_stride + row] = sum;
    }
  }
}
