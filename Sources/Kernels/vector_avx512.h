// Private: the vector operations of AVX-512 (F, BW, DQ, VL). vector.h describes them.
typedef __m512 vector;
typedef int32_t integers __attribute__((vector_size(sizeof(vector))));

enum {
  LANES = 16,
  ROW_VECTORS = SKIP_INT8_ROW_BLOCK / LANES,
  ATTEND_QUERIES = 4,  // 16 sums, 4 keys or values and a query: 21 of 32 registers
  GROUP_ROWS = 14,    // 28 sums, 2 token vectors and a weight: 31 of 32 registers
  GROUP_VECTORS = 2,  // a whole token tile
};

INLINE __mmask16 first_lanes(size_t count) { return (__mmask16)((1u << count) - 1); }

INLINE vector splat(float value) { return _mm512_set1_ps(value); }

INLINE vector load(const float *values) { return _mm512_loadu_ps(values); }

INLINE vector load_first(const float *values, size_t count) {
  return count >= LANES ? load(values) : _mm512_maskz_loadu_ps(first_lanes(count), values);
}

INLINE void store(float *values, vector v) { _mm512_storeu_ps(values, v); }

INLINE void store_first(float *values, vector v, size_t count) {
  if (count >= LANES) {
    store(values, v);
  } else {
    _mm512_mask_storeu_ps(values, first_lanes(count), v);
  }
}

INLINE vector multiply_add(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }

INLINE vector larger(vector a, vector b) { return _mm512_max_ps(a, b); }

INLINE vector smaller(vector a, vector b) { return _mm512_min_ps(a, b); }

INLINE vector round_to_integer(vector v) {
  return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

INLINE vector scale_by_power_of_two(vector v, vector exponent) { return _mm512_scalef_ps(v, exponent); }

INLINE float largest_lane(vector v) { return _mm512_reduce_max_ps(v); }

INLINE float sum_of_lanes(vector v) { return _mm512_reduce_add_ps(v); }

INLINE __m256 folded(vector v) { return _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1)); }

INLINE void store_sums_of_four(float *sums, vector a, vector b, vector c, vector d) {
  __m256 pairs_ab = _mm256_hadd_ps(folded(a), folded(b));
  __m256 pairs_cd = _mm256_hadd_ps(folded(c), folded(d));
  __m256 quads = _mm256_hadd_ps(pairs_ab, pairs_cd);
  _mm_storeu_ps(sums, _mm_add_ps(_mm256_castps256_ps128(quads), _mm256_extractf128_ps(quads, 1)));
}

INLINE vector vector_of_halves(int32_t type, __m256i halves) {
  if (type == SKIP_FLOAT16) {
    return _mm512_cvtph_ps(halves);
  }
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

INLINE vector load_elements(int32_t type, const void *elements, size_t index) {
  if (type == SKIP_FLOAT32) {
    return load((const float *)elements + index);
  }
  const uint16_t *halves = (const uint16_t *)elements + index;
  return vector_of_halves(type, _mm256_loadu_si256((const __m256i *)halves));
}

INLINE vector load_first_elements(int32_t type, const void *elements, size_t index, size_t count) {
  if (type == SKIP_FLOAT32) {
    return load_first((const float *)elements + index, count);
  }
  const uint16_t *halves = (const uint16_t *)elements + index;
  return vector_of_halves(type, _mm256_maskz_loadu_epi16(first_lanes(count), halves));
}

INLINE __m256i halves_of_vector(int32_t type, vector v) {
  if (type == SKIP_FLOAT16) {
    return _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  __m512i bits = _mm512_castps_si512(v);
  __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x00400000));
  __mmask16 is_nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
  return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_mask_mov_epi32(rounded, is_nan, quiet), 16));
}

INLINE void store_halves(int32_t type, uint16_t *halves, vector v) {
  _mm256_storeu_si256((__m256i *)halves, halves_of_vector(type, v));
}

INLINE void store_first_halves(int32_t type, uint16_t *halves, vector v, size_t count) {
  _mm256_mask_storeu_epi16(halves, first_lanes(count), halves_of_vector(type, v));
}

INLINE bool block_has_nonfinite(int32_t type, const unsigned char *block) {
  uint64_t found = 0;
  for (size_t offset = 0; offset < NONFINITE_BLOCK; offset += sizeof(__m512i)) {
    __m512i bits = _mm512_loadu_si512(block + offset);
    if (type == SKIP_FLOAT32) {
      __m512i infinity = _mm512_set1_epi32(0x7f800000);
      found |= _mm512_cmpeq_epi32_mask(_mm512_and_si512(bits, infinity), infinity);
    } else {
      __m512i infinity = _mm512_set1_epi16(type == SKIP_FLOAT16 ? 0x7c00 : 0x7f80);
      found |= _mm512_cmpeq_epi16_mask(_mm512_and_si512(bits, infinity), infinity);
    }
  }
  return found != 0;
}

// Four steps. Each exchanges one bit of the row number with one bit of the lane number.
INLINE void transpose(vector rows[LANES]) {
  vector t[LANES];
  for (int i = 0; i < LANES; i += 2) {  // pairs of rows: lanes 0 1 of each quad
    t[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < LANES; i += 4) {  // quads of rows
    for (int half = 0; half < 2; half++) {
      __m512d a = _mm512_castps_pd(t[i + half]);
      __m512d b = _mm512_castps_pd(t[i + half + 2]);
      rows[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      rows[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  }
  for (int i = 0; i < 4; i++) {  // quads of lanes, across the quads of rows
    for (int half = 0; half < 2; half++) {
      t[i + 8 * half] = _mm512_shuffle_f32x4(rows[i + 8 * half], rows[i + 8 * half + 4], 0x88);
      t[i + 8 * half + 4] = _mm512_shuffle_f32x4(rows[i + 8 * half], rows[i + 8 * half + 4], 0xdd);
    }
  }
  for (int i = 0; i < 8; i++) {
    rows[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88);
    rows[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
  }
}

INLINE vector column_at_top(vector quads, const int column) {
  // Byte numbers count from the start of four lanes; 0x80 clears.
  const int lowest = column << 24 | 0x808080;
  __m512i bytes = _mm512_set4_epi32(lowest + (12 << 24), lowest + (8 << 24), lowest + (4 << 24), lowest);
  return _mm512_cvtepi32_ps(_mm512_shuffle_epi8(_mm512_castps_si512(quads), bytes));
}
