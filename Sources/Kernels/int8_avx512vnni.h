// Private: products of int8 weights with quantized tokens by AVX-512 VNNI. See body_int8_matrix.h.

enum {
  SCALED_IN_MEMORY = 0,
  STRIP_VECTORS = 2,
  STRIP_TOKENS_8 = 6,  // 12 sums, 12 scaled sums and 4 of weights: 28 of 32 registers
  STRIP_TOKENS_16 = 6,
};

typedef struct {
  __m512i first, second;
} int8_weights;

typedef struct {
  __m512i first, second;
} int8_columns;

// 8 bits: the weights + 128, because one operand of the instruction is unsigned; start_sum subtracts the difference.
// 16 bits: the even and the odd columns.
INLINE int8_weights prepare_weights(const int32_t bits, const unsigned char *tile) {
  __m512i weights = _mm512_loadu_si512(tile);
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (int8_weights){_mm512_xor_si512(weights, _mm512_set1_epi8(-128)), _mm512_setzero_si512()};
  }
  return (int8_weights){_mm512_srai_epi16(_mm512_slli_epi16(weights, 8), 8), _mm512_srai_epi16(weights, 8)};
}

INLINE integers start_sum(const int32_t bits, int32_t token_sum) {
  return (integers)_mm512_set1_epi32(bits == SKIP_ACTIVATION_8_BITS ? -128 * token_sum : 0);
}

INLINE int8_columns load_columns(const int32_t bits, const unsigned char *columns) {
  __m512i first = _mm512_set1_epi32(int32_at(columns));
  bool has_second = bits == SKIP_ACTIVATION_16_BITS;
  return (int8_columns){first, has_second ? _mm512_set1_epi32(int32_at(columns + 4)) : first};
}

INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_8_BITS) {
    return (integers)_mm512_dpbusd_epi32((__m512i)sum, weights.first, columns.first);
  }
  __m512i even = _mm512_dpwssd_epi32((__m512i)sum, weights.first, columns.first);
  return (integers)_mm512_dpwssd_epi32(even, weights.second, columns.second);
}
