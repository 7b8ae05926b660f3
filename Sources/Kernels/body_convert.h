// Private: conversion of weights. See vector.h.

INLINE void widen_elements(int32_t type, const void *input, float *output, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(output + i, load_elements(type, input, i));
  }
  if (i < count) {
    store_first(output + i, load_first_elements(type, input, i, count - i), count - i);
  }
}

static void widen(int32_t element_type, const void *input, float *output, size_t count) {
  switch (element_type) {
    case SKIP_FLOAT16:
      widen_elements(SKIP_FLOAT16, input, output, count);
      break;
    case SKIP_BFLOAT16:
      widen_elements(SKIP_BFLOAT16, input, output, count);
      break;
    default:
      memcpy(output, input, count * sizeof *output);
      break;
  }
}

INLINE void narrow_elements(int32_t type, const float *input, uint16_t *output, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store_halves(type, output + i, load(input + i));
  }
  if (i < count) {
    store_first_halves(type, output + i, load_first(input + i, count - i), count - i);
  }
}

static void narrow(int32_t element_type, const float *input, void *output, size_t count) {
  switch (element_type) {
    case SKIP_FLOAT16:
      narrow_elements(SKIP_FLOAT16, input, output, count);
      break;
    case SKIP_BFLOAT16:
      narrow_elements(SKIP_BFLOAT16, input, output, count);
      break;
    default:
      memcpy(output, input, count * sizeof *input);
      break;
  }
}

// Finds the block. The scalar definition finds the element in the block, and searches the remaining elements.
INLINE size_t first_nonfinite_element(int32_t type, const unsigned char *input, size_t count, size_t element_size) {
  size_t block_elements = NONFINITE_BLOCK / element_size;
  size_t index = 0;
  while (index + block_elements <= count && !block_has_nonfinite(type, input + index * element_size)) {
    index += block_elements;
  }
  return index + skip_kernels_scalar.first_nonfinite(type, input + index * element_size, count - index);
}

static size_t first_nonfinite(int32_t element_type, const void *input, size_t count) {
  switch (element_type) {
    case SKIP_FLOAT16:
      return first_nonfinite_element(SKIP_FLOAT16, input, count, sizeof(uint16_t));
    case SKIP_BFLOAT16:
      return first_nonfinite_element(SKIP_BFLOAT16, input, count, sizeof(uint16_t));
    default:
      return first_nonfinite_element(SKIP_FLOAT32, input, count, sizeof(float));
  }
}
