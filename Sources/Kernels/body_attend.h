// Private: attention of one query head. See vector.h.

// scores[p] = scale * query . keys[p]
static void score_positions(const float *query, const float *keys, size_t stride, size_t position_count,
                            size_t head_dimension, float scale, float *scores) {
  size_t position = 0;
  for (; position + 4 <= position_count; position += 4) {
    const float *key = keys + position * stride;
    vector sums[4] = {splat(0), splat(0), splat(0), splat(0)};
    size_t i = 0;
    for (; i + LANES <= head_dimension; i += LANES) {
      vector q = load(query + i);
      for (size_t p = 0; p < 4; p++) {
        sums[p] = multiply_add(q, load(key + p * stride + i), sums[p]);
      }
    }
    if (i < head_dimension) {
      size_t count = head_dimension - i;
      vector q = load_first(query + i, count);
      for (size_t p = 0; p < 4; p++) {
        sums[p] = multiply_add(q, load_first(key + p * stride + i, count), sums[p]);
      }
    }
    store_sums_of_four(scores + position, sums[0], sums[1], sums[2], sums[3]);
  }
  for (; position < position_count; position++) {
    const float *key = keys + position * stride;
    vector sum = splat(0);
    for (size_t i = 0; i < head_dimension; i += LANES) {
      size_t count = head_dimension - i;
      sum = multiply_add(load_first(query + i, count), load_first(key + i, count), sum);
    }
    scores[position] = sum_of_lanes(sum);
  }
  for (position = 0; position < position_count; position += LANES) {
    size_t count = position_count - position;
    store_first(scores + position, load_first(scores + position, count) * splat(scale), count);
  }
}

// Replaces scores by exp(score - largest score) and returns their sum.
static float exponentials(float *scores, size_t count) {
  vector largest = splat(-INFINITY);
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    largest = larger(largest, load(scores + i));
  }
  float largest_score = largest_lane(largest);
  for (size_t rest = i; rest < count; rest++) {
    largest_score = fmaxf(largest_score, scores[rest]);
  }
  vector sum = splat(0);
  for (i = 0; i + LANES <= count; i += LANES) {
    vector e = exponential(load(scores + i) - splat(largest_score));
    store(scores + i, e);
    sum = sum + e;
  }
  float total = sum_of_lanes(sum);
  if (i < count) {
    store_first(scores + i, exponential(load_first(scores + i, count - i) - splat(largest_score)), count - i);
    for (; i < count; i++) {
      total += scores[i];
    }
  }
  return total;
}

// output[i] = factor * sum_p scores[p] * values[p][i] for `vector_count` vectors, a constant; of the last one only
// `last_count` lanes.
INLINE void sum_values(const float *scores, const float *values, size_t stride, size_t position_count, float factor,
                       const int vector_count, size_t last_count, float *output) {
  enum { MOST = 8 };
  vector sums[MOST];
  for (int v = 0; v < vector_count; v++) {
    sums[v] = splat(0);
  }
  for (size_t position = 0; position < position_count; position++) {
    const float *row = values + position * stride;
    vector score = splat(scores[position]);
    for (int v = 0; v < vector_count; v++) {
      size_t count = v + 1 < vector_count ? LANES : last_count;
      sums[v] = multiply_add(score, load_first(row + (size_t)v * LANES, count), sums[v]);
    }
  }
  for (int v = 0; v < vector_count; v++) {
    size_t count = v + 1 < vector_count ? LANES : last_count;
    store_first(output + (size_t)v * LANES, sums[v] * splat(factor), count);
  }
}

static void attend(const float *query, const float *keys, const float *values, size_t stride, size_t position_count,
                   size_t head_dimension, float scale, float softcap, float *scores, float *output) {
  if (position_count == 0) {
    memset(output, 0, head_dimension * sizeof *output);
    return;
  }
  score_positions(query, keys, stride, position_count, head_dimension, scale, scores);
  if (softcap != 0) {
    for (size_t position = 0; position < position_count; position++) {
      scores[position] = softcap * tanhf(scores[position] / softcap);
    }
  }
  float factor = 1 / exponentials(scores, position_count);
  size_t i = 0;
  for (; i + 8 * LANES <= head_dimension; i += 8 * LANES) {
    sum_values(scores, values + i, stride, position_count, factor, 8, LANES, output + i);
  }
  for (; i + 4 * LANES <= head_dimension; i += 4 * LANES) {
    sum_values(scores, values + i, stride, position_count, factor, 4, LANES, output + i);
  }
  for (; i < head_dimension; i += LANES) {
    size_t count = head_dimension - i < LANES ? head_dimension - i : LANES;
    sum_values(scores, values + i, stride, position_count, factor, 1, count, output + i);
  }
}
