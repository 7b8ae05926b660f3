// Private: attention of query heads that share keys and values. See vector.h.
//
// ATTEND_QUERIES queries are computed together, so that each key or value is loaded once for all of them. The result of
// a query does not depend on the others.

enum { SCORE_POSITIONS = 4 };

// The distance in floats between the scores of two queries that are computed together.
INLINE size_t scores_stride(size_t position_count) {
  return (position_count + SCORE_POSITIONS - 1) / SCORE_POSITIONS * SCORE_POSITIONS;
}

// scores[q][p] = queries[q] . keys[p], of up to SCORE_POSITIONS - 1 positions more than requested.
// `query_count` is a constant in every use.
INLINE void score_positions(const float *queries, size_t query_stride, const int query_count, const float *keys,
                            size_t stride, size_t position_count, size_t head_dimension, float *scores) {
  size_t row_stride = scores_stride(position_count);
  for (size_t position = 0; position < position_count; position += SCORE_POSITIONS) {
    const float *rows[SCORE_POSITIONS];
    vector sums[ATTEND_QUERIES][SCORE_POSITIONS];
#pragma clang loop unroll(full)
    for (size_t p = 0; p < SCORE_POSITIONS; p++) {
      // Positions past the end repeat the last one.
      rows[p] = keys + (position + p < position_count ? position + p : position_count - 1) * stride;
#pragma clang loop unroll(full)
      for (int q = 0; q < query_count; q++) {
        sums[q][p] = splat(0);
      }
    }
    for (size_t i = 0; i < head_dimension; i += LANES) {
      size_t count = head_dimension - i;
      vector key[SCORE_POSITIONS];
#pragma clang loop unroll(full)
      for (size_t p = 0; p < SCORE_POSITIONS; p++) {
        key[p] = load_first(rows[p] + i, count);
      }
#pragma clang loop unroll(full)
      for (int q = 0; q < query_count; q++) {
        vector query = load_first(queries + (size_t)q * query_stride + i, count);
#pragma clang loop unroll(full)
        for (size_t p = 0; p < SCORE_POSITIONS; p++) {
          sums[q][p] = multiply_add(query, key[p], sums[q][p]);
        }
      }
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < query_count; q++) {
      store_sums_of_four(scores + (size_t)q * row_stride + position, sums[q][0], sums[q][1], sums[q][2], sums[q][3]);
    }
  }
}

// scores[p] = softcap(scale * scores[p])
static void scale_scores(float *scores, size_t position_count, float scale, float softcap) {
  for (size_t position = 0; position < position_count; position += LANES) {
    size_t count = position_count - position;
    store_first(scores + position, load_first(scores + position, count) * splat(scale), count);
  }
  if (softcap != 0) {
    for (size_t position = 0; position < position_count; position++) {
      scores[position] = softcap * tanhf(scores[position] / softcap);
    }
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

// The arguments of sum_values.
struct shares {
  const float *scores;
  size_t scores_stride;
  // For each query.
  size_t position_counts[ATTEND_QUERIES];
  float factors[ATTEND_QUERIES];
  float *output;
  size_t output_stride;
};

// output[q][i] = factor[q] * sum_p scores[q][p] * values[p][i] for `vector_count` vectors, of which the last has
// `last_count` lanes. `query_count` and `vector_count` are constants in every use.
INLINE void sum_values(const struct shares *shares, const int query_count, const float *values, size_t stride,
                       size_t first_column, const int vector_count, size_t last_count) {
  enum { MOST = 8 };
  vector sums[ATTEND_QUERIES][MOST];
  size_t shared_count = SIZE_MAX;
#pragma clang loop unroll(full)
  for (int q = 0; q < query_count; q++) {
    shared_count = shares->position_counts[q] < shared_count ? shares->position_counts[q] : shared_count;
#pragma clang loop unroll(full)
    for (int v = 0; v < vector_count; v++) {
      sums[q][v] = splat(0);
    }
  }
  const float *row = values + first_column;
  for (size_t position = 0; position < shared_count; position++, row += stride) {
    vector value[MOST];
#pragma clang loop unroll(full)
    for (int v = 0; v < vector_count; v++) {
      value[v] = load_first(row + (size_t)v * LANES, v + 1 < vector_count ? LANES : last_count);
    }
#pragma clang loop unroll(full)
    for (int q = 0; q < query_count; q++) {
      vector score = splat(shares->scores[(size_t)q * shares->scores_stride + position]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vector_count; v++) {
        sums[q][v] = multiply_add(score, value[v], sums[q][v]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int q = 0; q < query_count; q++) {
    // The positions that this query sees but another query does not.
    for (size_t position = shared_count; position < shares->position_counts[q]; position++) {
      vector score = splat(shares->scores[(size_t)q * shares->scores_stride + position]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vector_count; v++) {
        size_t count = v + 1 < vector_count ? LANES : last_count;
        vector value = load_first(values + position * stride + first_column + (size_t)v * LANES, count);
        sums[q][v] = multiply_add(score, value, sums[q][v]);
      }
    }
    float *output = shares->output + (size_t)q * shares->output_stride + first_column;
#pragma clang loop unroll(full)
    for (int v = 0; v < vector_count; v++) {
      size_t count = v + 1 < vector_count ? LANES : last_count;
      store_first(output + (size_t)v * LANES, sums[q][v] * splat(shares->factors[q]), count);
    }
  }
}

// `query_count` is a constant in every use.
INLINE void attend_together(const struct skip_attention *attention, size_t first, const int query_count) {
  size_t stride = attention->stride;
  size_t head_dimension = attention->head_dimension;
  struct shares shares = {
      .scores = attention->scores,
      .output = attention->output + first * attention->output_stride,
      .output_stride = attention->output_stride,
  };
  size_t most = 0;
  for (int q = 0; q < query_count; q++) {
    size_t count = skip_position_count(attention, first + (size_t)q);
    shares.position_counts[q] = count;
    most = count > most ? count : most;
  }
  shares.scores_stride = scores_stride(most);
  score_positions(attention->queries + first * attention->query_stride, attention->query_stride, query_count,
                  attention->keys, stride, most, head_dimension, attention->scores);
  for (int q = 0; q < query_count; q++) {
    float *scores = attention->scores + (size_t)q * shares.scores_stride;
    scale_scores(scores, shares.position_counts[q], attention->scale, attention->softcap);
    // Without positions the sums are zero, and there is no division.
    float total = exponentials(scores, shares.position_counts[q]);
    shares.factors[q] = shares.position_counts[q] == 0 ? 0 : 1 / total;
  }
  size_t i = 0;
  if (query_count == 1) {
    for (; i + 8 * LANES <= head_dimension; i += 8 * LANES) {
      sum_values(&shares, query_count, attention->values, stride, i, 8, LANES);
    }
  }
  for (; i + 4 * LANES <= head_dimension; i += 4 * LANES) {
    sum_values(&shares, query_count, attention->values, stride, i, 4, LANES);
  }
  for (; i < head_dimension; i += LANES) {
    size_t count = head_dimension - i < LANES ? head_dimension - i : LANES;
    sum_values(&shares, query_count, attention->values, stride, i, 1, count);
  }
}

static void attend(const struct skip_attention *attention) {
  size_t query = 0;
  for (; query + ATTEND_QUERIES <= attention->query_count; query += ATTEND_QUERIES) {
    attend_together(attention, query, ATTEND_QUERIES);
  }
  for (; query + 2 <= attention->query_count; query += 2) {
    attend_together(attention, query, 2);
  }
  if (query < attention->query_count) {
    attend_together(attention, query, 1);
  }
}
