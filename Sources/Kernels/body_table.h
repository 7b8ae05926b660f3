// Private: the bodies in the order of their dependencies. Included once by each implementation, after its vector_*.h.
#include "body_layer.h"

#include "body_attend.h"
#include "body_convert.h"
#include "body_matrix.h"
#include "body_product.h"

#define SKIP_KERNELS_TABLE(table_name)                                                          \
  {                                                                                             \
      .name = table_name, .matrix_vector = matrix_vector,                                       \
      .gated_matrix_vector = gated_matrix_vector, .pack_tokens = pack_tokens,                   \
      .matrix_matrix = matrix_matrix, .rms_norm = rms_norm, .rotate = rotate, .attend = attend, \
      .gated_activation = gated_activation, .add = add, .widen = widen, .narrow = narrow,       \
      .first_nonfinite = first_nonfinite,                                                       \
  }
