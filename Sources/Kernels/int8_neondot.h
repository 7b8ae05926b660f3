// Private: products of int8 weights with quantized tokens by NEON's dot products. See body_int8_matrix.h.
#include "int8_neon_16.h"

INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_16_BITS) {
    return add_products_16(sum, weights, columns);
  }
  return (integers)vdotq_s32((int32x4_t)sum, weights.weights, vreinterpretq_s8_s32(columns.first));
}
