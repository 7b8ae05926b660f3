// Private: the operations that the bodies (body_*.h) use. Each implementation is one file that enables its instruction
// set and includes its vector_*.h and then the bodies, so that every algorithm exists once.
//
// vector_*.h defines:
//   vector              a vector of LANES floats; + - * / are those of the compiler's vector extension
//   integers            a vector of LANES int32, also of that extension
//   ROW_VECTORS         vectors that hold one value of each of the 16 rows of a record of int8 weights
//   ATTEND_QUERIES      queries that attend computes together, an even number of at most SKIP_ATTEND_QUERIES
//   GROUP_ROWS, GROUP_VECTORS  the register tile of matrix_matrix: rows of weights x vectors of tokens
//   splat, load, store, load_first, store_first
//                       *_first access only `count` lanes in memory (all if count >= LANES); other lanes load as 0
//   multiply_add        a * b + c
//   larger, smaller     NaN if the second operand is NaN
//   round_to_integer    to nearest even
//   scale_by_power_of_two  v * 2^exponent for integral exponents in [-160, 160]
//   largest_lane, sum_of_lanes
//   store_sums_of_four  sums[0] = sum of the lanes of a, sums[1] = sum of the lanes of b, ...
//   load_elements, load_first_elements  widened to float32 from elements[index]
//   store_halves, store_first_halves    rounded to float16 or bfloat16
//   block_has_nonfinite whether NONFINITE_BLOCK bytes of elements contain a NaN or an infinity
//   transpose           of LANES x LANES floats
//   column_at_top       of lanes that hold four int8 each: the int8 of the column * 2^24
#ifndef SKIPC_VECTOR_H
#define SKIPC_VECTOR_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "int8_layout.h"
#include "tables.h"

#define INLINE static inline __attribute__((always_inline))

enum { NONFINITE_BLOCK = 256, CACHE_LINE = 64 };

INLINE size_t element_size(int32_t type) { return type == SKIP_FLOAT32 ? sizeof(float) : sizeof(uint16_t); }

// The address of an element for prefetching. It may be past the end.
INLINE uintptr_t element_address(int32_t type, const void *elements, size_t index) {
  return (uintptr_t)elements + index * element_size(type);
}

// Loads four bytes of any alignment.
INLINE int32_t int32_at(const unsigned char *bytes) {
  int32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

#endif
