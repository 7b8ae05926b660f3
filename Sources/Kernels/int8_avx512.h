// Private: products of int8 weights with quantized tokens by AVX-512 without VNNI. See body_int8_matrix.h.

enum {
  SCALED_IN_MEMORY = 0,
  STRIP_VECTORS = 2,
  STRIP_TOKENS_8 = 6,  // 12 sums, 12 scaled sums, 4 of weights and 3 others: 31 of 32 registers
  STRIP_TOKENS_16 = 6,
};

typedef struct {
  __m512i first, second;
  __mmask64 is_negative;
} int8_weights;

typedef struct {
  __m512i first, second;
} int8_columns;

// 8 bits: magnitudes and signs, because then pairs of products fit the instruction's 16 bits: 2 * 127 * 127 < 2^15.
// 16 bits: the even and the odd columns.
INLINE int8_weights prepare_weights(const int32_t bits, const unsigned char *tile) {
  __m512i weights = _mm512_loadu_si512(tile);
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (int8_weights){_mm512_abs_epi8(weights), _mm512_setzero_si512(), _mm512_movepi8_mask(weights)};
  }
  return (int8_weights){_mm512_srai_epi16(_mm512_slli_epi16(weights, 8), 8), _mm512_srai_epi16(weights, 8), 0};
}

INLINE integers start_sum(const int32_t bits, int32_t token_sum) {
  (void)bits;
  (void)token_sum;
  return (integers)_mm512_setzero_si512();
}

INLINE int8_columns load_columns(const int32_t bits, const unsigned char *columns) {
  __m512i first = _mm512_set1_epi32(int32_at(columns));
  bool has_second = bits == SKIP_ACTIVATION_16_BITS;
  return (int8_columns){first, has_second ? _mm512_set1_epi32(int32_at(columns + 4)) : first};
}

INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_8_BITS) {
    __m512i with_sign = _mm512_mask_sub_epi8(columns.first, weights.is_negative, _mm512_setzero_si512(), columns.first);
    __m512i pairs = _mm512_maddubs_epi16(weights.first, with_sign);
    return sum + (integers)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
  }
  sum = sum + (integers)_mm512_madd_epi16(weights.first, columns.first);
  return sum + (integers)_mm512_madd_epi16(weights.second, columns.second);
}
