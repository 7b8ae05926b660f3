// Private: the bodies in the order of their dependencies. Each implementation includes it once, after its vector_*.h.
#include "body_layer.h"

#include "body_attend.h"
#include "body_convert.h"
#include "body_figures.h"
#include "body_int8_matrix.h"
#include "body_int8_round.h"
#include "body_int8_vector.h"
#include "body_matrix.h"
#include "body_product.h"
#include "body_tokens.h"

#define SKIP_KERNELS_TABLE(table_name, int8_matrix_matrix_of_set, pack_tokens_bfloat16_of_set,  \
                           bfloat16_matrix_matrix_of_set)                                       \
  {                                                                                             \
      .name = table_name, .matrix_vector = matrix_vector,                                       \
      .gated_matrix_vector = gated_matrix_vector, .pack_tokens = pack_tokens,                   \
      .matrix_matrix = matrix_matrix, .pack_tokens_bfloat16 = pack_tokens_bfloat16_of_set,      \
      .bfloat16_matrix_matrix = bfloat16_matrix_matrix_of_set, .rms_norm = rms_norm,            \
      .rotate = rotate, .attend = attend, .gated_activation = gated_activation, .add = add,     \
      .widen = widen, .narrow = narrow, .first_nonfinite = first_nonfinite,                     \
      .int8_matrix_vector = int8_matrix_vector,                                                 \
      .int8_gated_matrix_vector = int8_gated_matrix_vector, .quantize_tokens = quantize_tokens, \
      .int8_matrix_matrix = int8_matrix_matrix_of_set,                                          \
      .int8_quantize_block = int8_quantize_block, .int8_figures = int8_figures,                 \
      .int8_unpack_row = int8_unpack_row, .int8_row = int8_row,                                 \
  }
