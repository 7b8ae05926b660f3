// Private: products of int8 weights with quantized tokens by AVX2. See body_int8_matrix.h.

enum {
  SCALED_IN_MEMORY = 1,
  STRIP_VECTORS = 2,
  STRIP_TOKENS_8 = 4,  // 8 sums, 4 of weights and 3 others: 15 of 16 registers
  STRIP_TOKENS_16 = 4,
};

typedef struct {
  __m256i first, second;
} int8_weights;

typedef struct {
  __m256i first, second;
} int8_columns;

// 8 bits: magnitudes and signs, because then pairs of products fit the instruction's 16 bits: 2 * 127 * 127 < 2^15.
// 16 bits: the even and the odd columns.
INLINE int8_weights prepare_weights(const int32_t bits, const unsigned char *tile) {
  __m256i weights = _mm256_loadu_si256((const __m256i *)tile);
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (int8_weights){_mm256_abs_epi8(weights), weights};
  }
  return (int8_weights){_mm256_srai_epi16(_mm256_slli_epi16(weights, 8), 8), _mm256_srai_epi16(weights, 8)};
}

INLINE integers start_sum(const int32_t bits, int32_t token_sum) {
  (void)bits;
  (void)token_sum;
  return (integers)_mm256_setzero_si256();
}

INLINE int8_columns load_columns(const int32_t bits, const unsigned char *columns) {
  __m256i first = _mm256_set1_epi32(int32_at(columns));
  bool has_second = bits == SKIP_ACTIVATION_16_BITS;
  return (int8_columns){first, has_second ? _mm256_set1_epi32(int32_at(columns + 4)) : first};
}

INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_8_BITS) {
    __m256i pairs = _mm256_maddubs_epi16(weights.first, _mm256_sign_epi8(columns.first, weights.second));
    return sum + (integers)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
  }
  sum = sum + (integers)_mm256_madd_epi16(weights.first, columns.first);
  return sum + (integers)_mm256_madd_epi16(weights.second, columns.second);
}
