// Private: the scalar definition of float16 and bfloat16. See scalar.c.
#ifndef SKIPC_SCALAR_ELEMENTS_H
#define SKIPC_SCALAR_ELEMENTS_H

#include <math.h>
#include <string.h>

#include "kernels.h"

static inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Converts 1 sign, 5 exponent (bias 15) and 10 fraction bits to 1, 8 (bias 127) and 23 bits.
static inline float float_of_float16(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31;
  uint32_t fraction = half & 1023;
  if (exponent == 31) {
    uint32_t quiet = fraction != 0 ? 0x00400000 : 0;
    return float_of_bits(sign | 0x7f800000 | fraction << 13 | quiet);
  }
  if (exponent == 0) {
    float magnitude = (float)fraction * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  return float_of_bits(sign | (exponent + 127 - 15) << 23 | fraction << 13);
}

static inline uint16_t float16_of_float(float value) {
  uint32_t sign = bits_of_float(value) >> 16 & 0x8000;
  uint32_t magnitude = bits_of_float(value) & 0x7fffffff;
  if (magnitude > 0x7f800000) {  // NaN: quiet, with the upper bits of the payload
    return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 1023));
  }
  if (magnitude >= bits_of_float(65520)) {  // halfway between the largest float16, 65504, and 2^16
    return (uint16_t)(sign | 0x7c00);
  }
  if (magnitude < bits_of_float(0x1p-14f)) {  // subnormal: a multiple of 2^-24
    return (uint16_t)(sign | (uint32_t)rintf(float_of_bits(magnitude) * 0x1p24f));
  }
  uint32_t odd = magnitude >> 13 & 1;
  return (uint16_t)(sign | (magnitude + 0xfff + odd - ((127 - 15) << 23)) >> 13);
}

static inline float float_of_bfloat16(uint16_t half) { return float_of_bits((uint32_t)half << 16); }

static inline uint16_t bfloat16_of_float(float value) {
  uint32_t bits = bits_of_float(value);
  if ((bits & 0x7fffffff) > 0x7f800000) {
    return (uint16_t)(bits >> 16 | 0x0040);
  }
  uint32_t odd = bits >> 16 & 1;
  return (uint16_t)((bits + 0x7fff + odd) >> 16);
}

static inline float element(int32_t type, const void *elements, size_t index) {
  switch (type) {
    case SKIP_FLOAT16:
      return float_of_float16(((const uint16_t *)elements)[index]);
    case SKIP_BFLOAT16:
      return float_of_bfloat16(((const uint16_t *)elements)[index]);
    default:
      return ((const float *)elements)[index];
  }
}

#endif
