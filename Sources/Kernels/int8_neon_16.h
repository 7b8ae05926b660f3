// Private: prepared weights and their products with activations of 16 bits, on 64-bit ARM. See body_int8_matrix.h.

enum {
  SCALED_IN_MEMORY = 1,
  STRIP_VECTORS = 4,
  STRIP_TOKENS_8 = 4,   // 16 sums, 4 of weights and 1 of a token: 21 of 32 registers
  STRIP_TOKENS_16 = 3,  // 12 sums, 8 of weights, 2 of a token and products
};

typedef struct {
  int8x16_t weights;
  int16x8_t even, odd;
} int8_weights;

typedef struct {
  int32x4_t first, second;
} int8_columns;

// 16 bits: the even and the odd columns.
INLINE int8_weights prepare_weights(const int32_t bits, const unsigned char *tile) {
  int8_weights prepared = {.weights = vld1q_s8((const int8_t *)tile)};
  if (bits == SKIP_ACTIVATION_16_BITS) {
    int16x8_t pairs = vreinterpretq_s16_s8(prepared.weights);
    prepared.even = vshrq_n_s16(vshlq_n_s16(pairs, 8), 8);
    prepared.odd = vshrq_n_s16(pairs, 8);
  }
  return prepared;
}

INLINE integers start_sum(const int32_t bits, int32_t token_sum) {
  (void)bits;
  (void)token_sum;
  return (integers)vdupq_n_s32(0);
}

INLINE int8_columns load_columns(const int32_t bits, const unsigned char *columns) {
  int32x4_t first = vdupq_n_s32(int32_at(columns));
  return (int8_columns){first, bits == SKIP_ACTIVATION_16_BITS ? vdupq_n_s32(int32_at(columns + 4)) : first};
}

// Products of pairs of columns, for each row.
INLINE integers pairs_of_products(int16x8_t weights, int32x4_t columns) {
  int16x8_t pairs = vreinterpretq_s16_s32(columns);
  int32x4_t low = vmull_s16(vget_low_s16(weights), vget_low_s16(pairs));
  return (integers)vpaddq_s32(low, vmull_high_s16(weights, pairs));
}

INLINE integers add_products_16(integers sum, int8_weights weights, int8_columns columns) {
  return sum + pairs_of_products(weights.even, columns.first) + pairs_of_products(weights.odd, columns.second);
}
