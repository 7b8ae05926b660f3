// Private: the vector operations of 64-bit ARM. vector.h describes them.

typedef float32x4_t vector;
typedef int32_t integers __attribute__((vector_size(sizeof(vector))));

enum {
  LANES = 4,
  ROW_VECTORS = SKIP_INT8_ROW_BLOCK / LANES,
  ATTEND_QUERIES = 4,  // 16 sums, 4 keys or values and a query: 21 of 32 registers
  GROUP_ROWS = 6,     // 24 sums, 4 token vectors and a weight: 29 of 32 registers
  GROUP_VECTORS = 4,  // half a token tile
};

INLINE vector splat(float value) { return vdupq_n_f32(value); }

INLINE vector load(const float *values) { return vld1q_f32(values); }

INLINE vector load_first(const float *values, size_t count) {
  if (count >= LANES) {
    return load(values);
  }
  float all[LANES] = {0};
  memcpy(all, values, count * sizeof *all);
  return load(all);
}

INLINE void store(float *values, vector v) { vst1q_f32(values, v); }

INLINE void store_first(float *values, vector v, size_t count) {
  if (count >= LANES) {
    store(values, v);
    return;
  }
  float all[LANES];
  store(all, v);
  memcpy(values, all, count * sizeof *all);
}

INLINE vector multiply_add(vector a, vector b, vector c) { return vfmaq_f32(c, a, b); }

INLINE vector larger(vector a, vector b) { return vmaxq_f32(a, b); }

INLINE vector smaller(vector a, vector b) { return vminq_f32(a, b); }

INLINE vector round_to_integer(vector v) { return vrndnq_f32(v); }

INLINE vector power_of_two(int32x4_t exponent) {
  return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(exponent, vdupq_n_s32(127)), 23));
}

// In two steps, because 2^exponent may be outside the normal range of float32.
INLINE vector scale_by_power_of_two(vector v, vector exponent) {
  int32x4_t whole = vcvtq_s32_f32(exponent);
  int32x4_t half = vshrq_n_s32(whole, 1);
  return v * power_of_two(half) * power_of_two(vsubq_s32(whole, half));
}

INLINE float largest_lane(vector v) { return vmaxvq_f32(v); }

INLINE float sum_of_lanes(vector v) { return vaddvq_f32(v); }

INLINE void store_sums_of_four(float *sums, vector a, vector b, vector c, vector d) {
  vst1q_f32(sums, vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d)));
}

INLINE vector vector_of_halves(int32_t type, uint16x4_t halves) {
  if (type == SKIP_FLOAT16) {
    return vcvt_f32_f16(vreinterpret_f16_u16(halves));
  }
  return vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(halves), 16));
}

INLINE vector load_elements(int32_t type, const void *elements, size_t index) {
  if (type == SKIP_FLOAT32) {
    return load((const float *)elements + index);
  }
  return vector_of_halves(type, vld1_u16((const uint16_t *)elements + index));
}

INLINE vector load_first_elements(int32_t type, const void *elements, size_t index, size_t count) {
  if (type == SKIP_FLOAT32) {
    return load_first((const float *)elements + index, count);
  }
  uint16_t halves[LANES] = {0};
  memcpy(halves, (const uint16_t *)elements + index, (count < LANES ? count : LANES) * sizeof *halves);
  return vector_of_halves(type, vld1_u16(halves));
}

INLINE uint16x4_t halves_of_vector(int32_t type, vector v) {
  if (type == SKIP_FLOAT16) {
    return vreinterpret_u16_f16(vcvt_f16_f32(v));
  }
  uint32x4_t bits = vreinterpretq_u32_f32(v);
  uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
  uint32x4_t rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), odd);
  uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x00400000));
  uint32x4_t is_number = vceqq_f32(v, v);
  return vshrn_n_u32(vbslq_u32(is_number, rounded, quiet), 16);
}

INLINE void store_halves(int32_t type, uint16_t *halves, vector v) { vst1_u16(halves, halves_of_vector(type, v)); }

INLINE void store_first_halves(int32_t type, uint16_t *halves, vector v, size_t count) {
  uint16_t all[LANES];
  store_halves(type, all, v);
  memcpy(halves, all, count * sizeof *halves);
}

INLINE bool block_has_nonfinite(int32_t type, const unsigned char *block) {
  uint32x4_t found = vdupq_n_u32(0);
  for (size_t offset = 0; offset < NONFINITE_BLOCK; offset += sizeof(uint32x4_t)) {
    uint32x4_t bits = vreinterpretq_u32_u8(vld1q_u8(block + offset));
    if (type == SKIP_FLOAT32) {
      uint32x4_t infinity = vdupq_n_u32(0x7f800000);
      found = vorrq_u32(found, vceqq_u32(vandq_u32(bits, infinity), infinity));
    } else {
      uint16x8_t infinity = vdupq_n_u16(type == SKIP_FLOAT16 ? 0x7c00 : 0x7f80);
      uint16x8_t equal = vceqq_u16(vandq_u16(vreinterpretq_u16_u32(bits), infinity), infinity);
      found = vorrq_u32(found, vreinterpretq_u32_u16(equal));
    }
  }
  return vmaxvq_u32(found) != 0;
}

INLINE void transpose(vector rows[LANES]) {
  float64x2_t t[LANES];
  for (int i = 0; i < LANES; i += 2) {  // pairs of rows
    t[i] = vreinterpretq_f64_f32(vtrn1q_f32(rows[i], rows[i + 1]));
    t[i + 1] = vreinterpretq_f64_f32(vtrn2q_f32(rows[i], rows[i + 1]));
  }
  for (int i = 0; i < 2; i++) {  // halves of lanes
    rows[i] = vreinterpretq_f32_f64(vtrn1q_f64(t[i], t[i + 2]));
    rows[i + 2] = vreinterpretq_f32_f64(vtrn2q_f64(t[i], t[i + 2]));
  }
}

INLINE vector column_at_top(vector quads, const int column) {
  const uint32_t lowest = (uint32_t)column << 24 | 0xffffff;  // indices past the last byte clear the lane
  const uint32x4_t bytes = {lowest, lowest + (4 << 24), lowest + (8 << 24), lowest + (12 << 24)};
  uint8x16_t top = vqtbl1q_u8(vreinterpretq_u8_f32(quads), vreinterpretq_u8_u32(bytes));
  return vcvtq_f32_s32(vreinterpretq_s32_u8(top));
}
