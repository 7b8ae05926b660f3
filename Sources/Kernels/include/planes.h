// Byte planes of floats, for packages (specs/skipz-format.md): the elements are rotated left by one bit, so that the sign
// comes after the mantissa, and their first, second, … bytes are stored together.
#ifndef SKIPC_PLANES_H
#define SKIPC_PLANES_H

#include <stddef.h>
#include <stdint.h>

// Splits `count` little-endian elements into planes of `count` bytes, from the lowest byte to the highest. The planes
// follow each other in `planes`. Nothing needs an alignment, and the buffers do not overlap.
void skip_split_planes_16(const uint8_t *elements, size_t count, uint8_t *planes);
void skip_split_planes_32(const uint8_t *elements, size_t count, uint8_t *planes);

// The inverse. `planes` has the address of each plane.
void skip_join_planes_16(const uint8_t *const planes[2], size_t count, uint8_t *elements);
void skip_join_planes_32(const uint8_t *const planes[4], size_t count, uint8_t *elements);

#endif
