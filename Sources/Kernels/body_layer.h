// Private: the parts of a layer between the products. See vector.h.
//
// Element-wise loops call a step function with a `count`: LANES (a constant) for complete vectors, fewer for the rest.

// e^v with a relative error below 1.5 units in the last place; 0 and infinity outside the range of float32, NaN for
// NaN. v = n ln(2) + r with |r| <= ln(2) / 2; e^r = 1 + r + r^2 q(r), where q of degree 4 minimizes the largest
// relative error (3.1e-9, by the Remez algorithm).
INLINE vector exponential(vector v) {
  v = larger(splat(-105), smaller(splat(89), v));  // v is the second operand, so a NaN is kept
  vector n = round_to_integer(v * splat(0x1.715476p+0f));
  vector r = multiply_add(n, splat(-0x1.62e4p-1f), v);        // ln(2) = 0x1.62e4p-1, whose product with n is exact,
  r = multiply_add(n, splat(-0x1.7f7d1cp-20f), r);            // plus the remainder
  vector q = splat(0x1.6a2352p-10f);
  q = multiply_add(q, r, splat(0x1.123a6cp-7f));
  q = multiply_add(q, r, splat(0x1.5558f4p-5f));
  q = multiply_add(q, r, splat(0x1.555490p-3f));
  q = multiply_add(q, r, splat(0x1.fffffcp-2f));
  vector power = multiply_add(q, r * r, r) + splat(1);
  return scale_by_power_of_two(power, n);
}

INLINE vector activated(int32_t activation, vector v) {
  if (activation == SKIP_SILU) {
    return v / (splat(1) + exponential(splat(0) - v));
  }
  vector u = splat(GELU_SCALE) * multiply_add(splat(GELU_CUBIC) * v * v, v, v);
  return v / (splat(1) + exponential(splat(-2) * u));
}

INLINE void gated_activation_step(float *gate, const float *up, int32_t activation, size_t count) {
  store_first(gate, activated(activation, load_first(gate, count)) * load_first(up, count), count);
}

static void gated_activation(float *gate, const float *up, int32_t activation, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    gated_activation_step(gate + i, up + i, activation, LANES);
  }
  if (i < count) {
    gated_activation_step(gate + i, up + i, activation, count - i);
  }
}

static void add(float *target, const float *addend, size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(target + i, load(target + i) + load(addend + i));
  }
  if (i < count) {
    store_first(target + i, load_first(target + i, count - i) + load_first(addend + i, count - i), count - i);
  }
}

static void rms_norm(const float *input, const float *weight, float epsilon, float *output, size_t count) {
  enum { SUMS = 4 };
  vector sums[SUMS] = {splat(0), splat(0), splat(0), splat(0)};
  size_t i = 0;
  for (; i + SUMS * LANES <= count; i += SUMS * LANES) {
    for (size_t s = 0; s < SUMS; s++) {
      vector v = load(input + i + s * LANES);
      sums[s] = multiply_add(v, v, sums[s]);
    }
  }
  for (; i < count; i += LANES) {
    vector v = load_first(input + i, count - i);
    sums[0] = multiply_add(v, v, sums[0]);
  }
  float sum_of_squares = sum_of_lanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
  vector scale = splat(1 / sqrtf(sum_of_squares / (float)count + epsilon));
  for (i = 0; i + LANES <= count; i += LANES) {
    store(output + i, load(input + i) * scale * load(weight + i));
  }
  if (i < count) {
    vector rest = load_first(input + i, count - i) * scale * load_first(weight + i, count - i);
    store_first(output + i, rest, count - i);
  }
}

INLINE void rotate_step(float *first, float *second, const float *cosine, const float *sine, size_t count) {
  vector a = load_first(first, count);
  vector b = load_first(second, count);
  vector cosines = load_first(cosine, count);
  vector sines = load_first(sine, count);
  store_first(first, a * cosines - b * sines, count);
  store_first(second, b * cosines + a * sines, count);
}

static void rotate(float *values, const float *cosine, const float *sine, size_t head_count, size_t head_dimension) {
  size_t half = head_dimension / 2;
  for (size_t head = 0; head < head_count; head++) {
    float *first = values + head * head_dimension;
    float *second = first + half;
    size_t i = 0;
    for (; i + LANES <= half; i += LANES) {
      rotate_step(first + i, second + i, cosine + i, sine + i, LANES);
    }
    if (i < half) {
      rotate_step(first + i, second + i, cosine + i, sine + i, half - i);
    }
  }
}
