// Private: products of int8 weights with quantized tokens by NEON. See body_int8_matrix.h.
#include "int8_neon_16.h"

// Pairs of products fit 16 bits: 2 * 127 * 127 < 2^15.
INLINE integers add_products(const int32_t bits, integers sum, int8_weights weights, int8_columns columns) {
  if (bits == SKIP_ACTIVATION_16_BITS) {
    return add_products_16(sum, weights, columns);
  }
  int8x16_t quad = vreinterpretq_s8_s32(columns.first);
  int16x8_t low = vmull_s8(vget_low_s8(weights.weights), vget_low_s8(quad));
  int16x8_t high = vmull_high_s8(weights.weights, quad);
  return (integers)vpadalq_s16((int32x4_t)sum, vpaddq_s16(low, high));
}
