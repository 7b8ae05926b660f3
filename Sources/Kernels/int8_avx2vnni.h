// Private: products of int8 weights with quantized tokens by AVX-VNNI. See body_int8_matrix.h.

enum {
  SCALED_IN_MEMORY = 1,
  STRIP_VECTORS = 2,
  STRIP_TOKENS_8 = 6,   // 12 sums, 2 of weights and 1 of a token: 15 of 16 registers
  STRIP_TOKENS_16 = 4,  // 8 sums, 4 of weights and 2 of a token: 14
};

typedef struct {
  __m256i first, second;
} int8_weights;

typedef struct {
  __m256i first, second;
} int8_columns;

// 8 bits: the weights + 128, because one operand of the instruction is unsigned; start_sum subtracts the difference.
// 16 bits: the even and the odd columns.
INLINE int8_weights prepare_weights(const int32_t bits, const unsigned char *tile) {
  __m256i weights = _mm256_loadu_si256((const __m256i *)tile);
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (int8_weights){_mm256_xor_si256(weights, _mm256_set1_epi8(-128)), _mm256_setzero_si256()};
  }
  return (int8_weights){_mm256_srai_epi16(_mm256_slli_epi16(weights, 8), 8), _mm256_srai_epi16(weights, 8)};
}

INLINE integers start_sum(const int32_t bits, int32_t token_sum) {
  return (integers)_mm256_set1_epi32(bits == SKIP_ACTIVATION_8_BITS ? -128 * token_sum : 0);
}

INLINE int8_columns load_columns(const int32_t bits, const unsigned char *columns) {
  __m256i first = _mm256_set1_epi32(int32_at(columns));
  bool has_second = bits == SKIP_ACTIVATION_16_BITS;
  return (int8_columns){first, has_second ? _mm256_set1_epi32(int32_at(columns + 4)) : first};
}

INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (integers)_mm256_dpbusd_avx_epi32((__m256i)sum, weights.first, columns.first);
  }
  __m256i even = _mm256_dpwssd_avx_epi32((__m256i)sum, weights.first, columns.first);
  return (integers)_mm256_dpwssd_avx_epi32(even, weights.second, columns.second);
}
