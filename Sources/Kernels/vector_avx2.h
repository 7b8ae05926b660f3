// Private: the vector operations of AVX2, FMA and F16C. vector.h describes them.

typedef __m256 vector;
typedef int32_t integers __attribute__((vector_size(sizeof(vector))));

enum {
  LANES = 8,
  ROW_VECTORS = SKIP_INT8_ROW_BLOCK / LANES,
  ATTEND_QUERIES = 2,  // 8 sums, 4 keys or values and a query: 13 of 16 registers
  GROUP_ROWS = 6,     // 12 sums, 2 token vectors and a weight: 15 of 16 registers
  GROUP_VECTORS = 2,  // half a token tile
};

INLINE __m256i first_lanes(size_t count) {
  static const int32_t masks[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256((const __m256i *)(masks + LANES - count));
}

INLINE vector splat(float value) { return _mm256_set1_ps(value); }

INLINE vector load(const float *values) { return _mm256_loadu_ps(values); }

INLINE vector load_first(const float *values, size_t count) {
  return count >= LANES ? load(values) : _mm256_maskload_ps(values, first_lanes(count));
}

INLINE void store(float *values, vector v) { _mm256_storeu_ps(values, v); }

// Masked stores are slow on many processors with AVX2.
INLINE void store_first(float *values, vector v, size_t count) {
  if (count >= LANES) {
    store(values, v);
    return;
  }
  __m128 rest = _mm256_castps256_ps128(v);
  if (count & 4) {
    _mm_storeu_ps(values, rest);
    values += 4;
    rest = _mm256_extractf128_ps(v, 1);
  }
  if (count & 2) {
    _mm_storel_pi((__m64 *)values, rest);
    values += 2;
    rest = _mm_movehl_ps(rest, rest);
  }
  if (count & 1) {
    _mm_store_ss(values, rest);
  }
}

INLINE vector multiply_add(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }

INLINE vector larger(vector a, vector b) { return _mm256_max_ps(a, b); }

INLINE vector smaller(vector a, vector b) { return _mm256_min_ps(a, b); }

INLINE vector round_to_integer(vector v) {
  return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

INLINE vector power_of_two(__m256i exponent) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(exponent, _mm256_set1_epi32(127)), 23));
}

// In two steps, because 2^exponent may be outside the normal range of float32.
INLINE vector scale_by_power_of_two(vector v, vector exponent) {
  __m256i whole = _mm256_cvtps_epi32(exponent);
  __m256i half = _mm256_srai_epi32(whole, 1);
  return v * power_of_two(half) * power_of_two(_mm256_sub_epi32(whole, half));
}

INLINE float largest_lane(vector v) {
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

INLINE float sum_of_lanes(vector v) {
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

INLINE void store_sums_of_four(float *sums, vector a, vector b, vector c, vector d) {
  __m256 quads = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  _mm_storeu_ps(sums, _mm_add_ps(_mm256_castps256_ps128(quads), _mm256_extractf128_ps(quads, 1)));
}

INLINE vector vector_of_halves(int32_t type, __m128i halves) {
  if (type == SKIP_FLOAT16) {
    return _mm256_cvtph_ps(halves);
  }
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

INLINE vector load_elements(int32_t type, const void *elements, size_t index) {
  if (type == SKIP_FLOAT32) {
    return load((const float *)elements + index);
  }
  const uint16_t *halves = (const uint16_t *)elements + index;
  return vector_of_halves(type, _mm_loadu_si128((const __m128i *)halves));
}

INLINE vector load_first_elements(int32_t type, const void *elements, size_t index, size_t count) {
  if (type == SKIP_FLOAT32) {
    return load_first((const float *)elements + index, count);
  }
  uint16_t halves[LANES] = {0};
  memcpy(halves, (const uint16_t *)elements + index, (count < LANES ? count : LANES) * sizeof *halves);
  return vector_of_halves(type, _mm_loadu_si128((const __m128i *)halves));
}

INLINE __m128i halves_of_vector(int32_t type, vector v) {
  if (type == SKIP_FLOAT16) {
    return _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  __m256i bits = _mm256_castps_si256(v);
  __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  __m256i rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd);
  __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x00400000));
  __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
  __m256i halves = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, is_nan), 16);
  return _mm_packus_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

INLINE void store_halves(int32_t type, uint16_t *halves, vector v) {
  _mm_storeu_si128((__m128i *)halves, halves_of_vector(type, v));
}

INLINE void store_first_halves(int32_t type, uint16_t *halves, vector v, size_t count) {
  uint16_t all[LANES];
  store_halves(type, all, v);
  memcpy(halves, all, count * sizeof *halves);
}

INLINE bool block_has_nonfinite(int32_t type, const unsigned char *block) {
  __m256i found = _mm256_setzero_si256();
  for (size_t offset = 0; offset < NONFINITE_BLOCK; offset += sizeof(__m256i)) {
    __m256i bits = _mm256_loadu_si256((const __m256i *)(block + offset));
    __m256i equal;
    if (type == SKIP_FLOAT32) {
      __m256i infinity = _mm256_set1_epi32(0x7f800000);
      equal = _mm256_cmpeq_epi32(_mm256_and_si256(bits, infinity), infinity);
    } else {
      __m256i infinity = _mm256_set1_epi16(type == SKIP_FLOAT16 ? 0x7c00 : 0x7f80);
      equal = _mm256_cmpeq_epi16(_mm256_and_si256(bits, infinity), infinity);
    }
    found = _mm256_or_si256(found, equal);
  }
  return !_mm256_testz_si256(found, found);
}

INLINE void transpose(vector rows[LANES]) {
  vector t[LANES];
  for (int i = 0; i < LANES; i += 2) {  // pairs of rows
    t[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
    t[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < LANES; i += 4) {  // quads of rows
    rows[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
    rows[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    rows[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
    rows[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {  // halves of lanes
    t[i] = _mm256_permute2f128_ps(rows[i], rows[i + 4], 0x20);
    t[i + 4] = _mm256_permute2f128_ps(rows[i], rows[i + 4], 0x31);
  }
  for (int i = 0; i < LANES; i++) {
    rows[i] = t[i];
  }
}

INLINE vector column_at_top(vector quads, const int column) {
  // Byte numbers count from the start of four lanes; 0x80 clears.
  const int lowest = column << 24 | 0x808080;
  const __m128i bytes = _mm_setr_epi32(lowest, lowest + (4 << 24), lowest + (8 << 24), lowest + (12 << 24));
  __m256i twice = _mm256_broadcastsi128_si256(bytes);
  return _mm256_cvtepi32_ps(_mm256_shuffle_epi8(_mm256_castps_si256(quads), twice));
}
