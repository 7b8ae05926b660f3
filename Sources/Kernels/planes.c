#include "planes.h"

#include <string.h>

// These loops need no implementation of their own for each instruction set: the compiler vectorizes them with the
// baseline of the architecture, and they then run at the speed of memory.

void skip_split_planes_16(const uint8_t *restrict elements, size_t count, uint8_t *restrict planes) {
  uint8_t *restrict low = planes;
  uint8_t *restrict high = planes + count;
  for (size_t i = 0; i < count; ++i) {
    uint16_t element;
    memcpy(&element, elements + 2 * i, sizeof element);
    low[i] = (uint8_t)(element << 1 | element >> 15);
    high[i] = (uint8_t)(element >> 7);
  }
}

void skip_join_planes_16(const uint8_t *const planes[2], size_t count, uint8_t *restrict elements) {
  const uint8_t *restrict low = planes[0];
  const uint8_t *restrict high = planes[1];
  for (size_t i = 0; i < count; ++i) {
    const uint16_t rotated = (uint16_t)(low[i] | high[i] << 8);
    const uint16_t element = (uint16_t)(rotated >> 1 | rotated << 15);
    memcpy(elements + 2 * i, &element, sizeof element);
  }
}

void skip_split_planes_32(const uint8_t *restrict elements, size_t count, uint8_t *restrict planes) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t element;
    memcpy(&element, elements + 4 * i, sizeof element);
    element = element << 1 | element >> 31;
    planes[i] = (uint8_t)element;
    planes[count + i] = (uint8_t)(element >> 8);
    planes[2 * count + i] = (uint8_t)(element >> 16);
    planes[3 * count + i] = (uint8_t)(element >> 24);
  }
}

void skip_join_planes_32(const uint8_t *const planes[4], size_t count, uint8_t *restrict elements) {
  const uint8_t *restrict a = planes[0];
  const uint8_t *restrict b = planes[1];
  const uint8_t *restrict c = planes[2];
  const uint8_t *restrict d = planes[3];
  for (size_t i = 0; i < count; ++i) {
    const uint32_t rotated = (uint32_t)a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[i] << 16 | (uint32_t)d[i] << 24;
    const uint32_t element = rotated >> 1 | rotated << 31;
    memcpy(elements + 4 * i, &element, sizeof element);
  }
}
