// The definition of the kernels, written for readability. The other implementations are tested against it.
#include <math.h>
#include <string.h>

#include "scalar_elements.h"
#include "tables.h"

// --- products --------------------------------------------------------------------------------------------------------

static void matrix_vector(int32_t element_type, const void *weights, const float *bias, const float *input,
                          float *output, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    float sum = 0;
    for (size_t column = 0; column < columns; column++) {
      sum += element(element_type, weights, row * columns + column) * input[column];
    }
    output[row] = sum + (bias ? bias[row] : 0);
  }
}

static float activate(int32_t activation, float x) {
  if (activation == SKIP_SILU) {
    return x / (1 + expf(-x));
  }
  // 0.5 x (1 + tanh(u)) with u = sqrt(2 / pi) (x + 0.044715 x^3), in a form that loses no digits when tanh(u) is
  // near -1: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)).
  float u = GELU_SCALE * (x + GELU_CUBIC * x * x * x);
  return x / (1 + expf(-2 * u));
}

static void gated_matrix_vector(int32_t element_type, const void *gate, const void *up, const float *gate_bias,
                                const float *up_bias, int32_t activation, const float *input, float *output,
                                size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++) {
    float gate_sum = 0;
    float up_sum = 0;
    for (size_t column = 0; column < columns; column++) {
      gate_sum += element(element_type, gate, row * columns + column) * input[column];
      up_sum += element(element_type, up, row * columns + column) * input[column];
    }
    gate_sum += gate_bias ? gate_bias[row] : 0;
    up_sum += up_bias ? up_bias[row] : 0;
    output[row] = activate(activation, gate_sum) * up_sum;
  }
}

static void pack_tokens(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                        size_t columns, float *packed) {
  for (size_t first = 0; first < token_count; first += SKIP_TOKEN_TILE) {
    for (size_t column = 0; column < columns; column++) {
      for (size_t lane = 0; lane < SKIP_TOKEN_TILE; lane++) {
        size_t index = first + lane;
        float value = 0;
        if (index < token_count) {
          size_t token = tokens ? (size_t)tokens[index] : index;
          value = input[token * input_stride + column];
        }
        *packed++ = value;
      }
    }
  }
}

static void matrix_matrix(int32_t element_type, const void *weights, const float *bias, const float *packed,
                          float *output, size_t output_stride, size_t token_count, size_t rows, size_t columns,
                          float *scratch) {
  (void)scratch;
  for (size_t token = 0; token < token_count; token++) {
    const float *tile = packed + token / SKIP_TOKEN_TILE * columns * SKIP_TOKEN_TILE;
    size_t lane = token % SKIP_TOKEN_TILE;
    for (size_t row = 0; row < rows; row++) {
      float sum = 0;
      for (size_t column = 0; column < columns; column++) {
        sum += element(element_type, weights, row * columns + column) * tile[column * SKIP_TOKEN_TILE + lane];
      }
      output[token * output_stride + row] = sum + (bias ? bias[row] : 0);
    }
  }
}

static void pack_tokens_bfloat16(const float *input, size_t input_stride, const int32_t *tokens, size_t token_count,
                                 size_t columns, uint32_t *packed) {
  for (size_t first = 0; first < token_count; first += SKIP_TOKEN_TILE) {
    for (size_t column = 0; column < columns; column += 2) {
      for (size_t lane = 0; lane < SKIP_TOKEN_TILE; lane++) {
        size_t index = first + lane;
        uint32_t pair = 0;
        if (index < token_count) {
          const float *token = input + (tokens ? (size_t)tokens[index] : index) * input_stride;
          pair = bfloat16_of_float(token[column]) | (uint32_t)bfloat16_of_float(token[column + 1]) << 16;
        }
        *packed++ = pair;
      }
    }
  }
}

static void bfloat16_matrix_matrix(const void *weights, const float *bias, const uint32_t *packed, float *output,
                                   size_t output_stride, size_t token_count, size_t rows, size_t columns,
                                   float *scratch) {
  (void)scratch;
  for (size_t token = 0; token < token_count; token++) {
    const uint32_t *tile = packed + token / SKIP_TOKEN_TILE * (columns / 2) * SKIP_TOKEN_TILE;
    size_t lane = token % SKIP_TOKEN_TILE;
    for (size_t row = 0; row < rows; row++) {
      float sum = 0;
      for (size_t column = 0; column < columns; column++) {
        uint32_t pair = tile[column / 2 * SKIP_TOKEN_TILE + lane];
        float activation = float_of_bfloat16((uint16_t)(column % 2 == 0 ? pair : pair >> 16));
        sum += element(SKIP_BFLOAT16, weights, row * columns + column) * activation;
      }
      output[token * output_stride + row] = sum + (bias ? bias[row] : 0);
    }
  }
}

// --- the parts of a layer --------------------------------------------------------------------------------------------

static void rms_norm(const float *input, const float *weight, float epsilon, float *output, size_t count) {
  float sum_of_squares = 0;
  for (size_t i = 0; i < count; i++) {
    sum_of_squares += input[i] * input[i];
  }
  float scale = 1 / sqrtf(sum_of_squares / (float)count + epsilon);
  for (size_t i = 0; i < count; i++) {
    output[i] = input[i] * scale * weight[i];
  }
}

static void rotate(float *values, const float *cosine, const float *sine, size_t head_count, size_t head_dimension) {
  size_t half = head_dimension / 2;
  for (size_t head = 0; head < head_count; head++) {
    float *first = values + head * head_dimension;
    float *second = first + half;
    for (size_t i = 0; i < half; i++) {
      float a = first[i];
      float b = second[i];
      first[i] = a * cosine[i] - b * sine[i];
      second[i] = b * cosine[i] + a * sine[i];
    }
  }
}

static void attend_one(const skip_attention *attention, const float *query, size_t position_count, float *output) {
  float *scores = attention->scores;
  memset(output, 0, attention->head_dimension * sizeof *output);
  float largest = -INFINITY;
  for (size_t position = 0; position < position_count; position++) {
    float score = 0;
    for (size_t i = 0; i < attention->head_dimension; i++) {
      score += query[i] * attention->keys[position * attention->stride + i];
    }
    score *= attention->scale;
    if (attention->softcap != 0) {
      score = attention->softcap * tanhf(score / attention->softcap);
    }
    scores[position] = score;
    largest = fmaxf(largest, score);
  }
  float sum = 0;
  for (size_t position = 0; position < position_count; position++) {
    scores[position] = expf(scores[position] - largest);
    sum += scores[position];
  }
  for (size_t position = 0; position < position_count; position++) {
    float share = scores[position] / sum;
    for (size_t i = 0; i < attention->head_dimension; i++) {
      output[i] += share * attention->values[position * attention->stride + i];
    }
  }
}

static void attend(const skip_attention *attention) {
  for (size_t query = 0; query < attention->query_count; query++) {
    attend_one(attention, attention->queries + query * attention->query_stride, skip_position_count(attention, query),
               attention->output + query * attention->output_stride);
  }
}

static void gated_activation(float *gate, const float *up, int32_t activation, size_t count) {
  for (size_t i = 0; i < count; i++) {
    gate[i] = activate(activation, gate[i]) * up[i];
  }
}

static void add(float *target, const float *addend, size_t count) {
  for (size_t i = 0; i < count; i++) {
    target[i] += addend[i];
  }
}

// --- conversion of weights -------------------------------------------------------------------------------------------

static void widen(int32_t element_type, const void *input, float *output, size_t count) {
  if (element_type == SKIP_FLOAT32) {  // copied as bytes, because a conversion could change a NaN
    memcpy(output, input, count * sizeof *output);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    output[i] = element(element_type, input, i);
  }
}

static void narrow(int32_t element_type, const float *input, void *output, size_t count) {
  if (element_type == SKIP_FLOAT32) {
    memcpy(output, input, count * sizeof *input);
    return;
  }
  uint16_t *halves = output;
  for (size_t i = 0; i < count; i++) {
    halves[i] = element_type == SKIP_FLOAT16 ? float16_of_float(input[i]) : bfloat16_of_float(input[i]);
  }
}

static size_t first_nonfinite(int32_t element_type, const void *input, size_t count) {
  size_t index = 0;
  while (index < count && isfinite(element(element_type, input, index))) {
    index++;
  }
  return index;
}

const skip_kernels skip_kernels_scalar = {
    .name = "scalar",
    .matrix_vector = matrix_vector,
    .gated_matrix_vector = gated_matrix_vector,
    .pack_tokens = pack_tokens,
    .matrix_matrix = matrix_matrix,
    .pack_tokens_bfloat16 = pack_tokens_bfloat16,
    .bfloat16_matrix_matrix = bfloat16_matrix_matrix,
    .rms_norm = rms_norm,
    .rotate = rotate,
    .attend = attend,
    .gated_activation = gated_activation,
    .add = add,
    .widen = widen,
    .narrow = narrow,
    .first_nonfinite = first_nonfinite,
    .int8_matrix_vector = skip_scalar_int8_matrix_vector,
    .int8_gated_matrix_vector = skip_scalar_int8_gated_matrix_vector,
    .quantize_tokens = skip_scalar_quantize_tokens,
    .int8_matrix_matrix = skip_scalar_int8_matrix_matrix,
    .int8_quantize_block = skip_scalar_int8_quantize_block,
    .int8_figures = skip_scalar_int8_figures,
    .int8_unpack_row = skip_scalar_int8_unpack_row,
    .int8_row = skip_scalar_int8_row,
};
