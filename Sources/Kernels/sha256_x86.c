// SHA-256 with the SHA extensions of x86 (SHA-NI): one, two or three interleaved streams.
#if defined(__x86_64__)

#include <immintrin.h>

#include "sha256_tables.h"

#pragma clang attribute push(__attribute__((target("sha,sse4.1,ssse3"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))

// The instructions store the state as ABEF and CDGH, with the first letter in the highest word.
typedef struct {
  __m128i abef, cdgh;
} halves;

INLINE halves loaded_state(const uint32_t state[8]) {
  __m128i dcba = _mm_loadu_si128((const __m128i *)state);
  __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
  __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
  __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
  return (halves){_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

INLINE void store_state(uint32_t state[8], halves halves) {
  __m128i feba = _mm_shuffle_epi32(halves.abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(halves.cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

// `count` is a constant at every call, and all loops except the outermost are unrolled.
INLINE void compress_streams(skip_sha256_stream *streams, size_t count, size_t block_count) {
  const __m128i byte_order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  halves states[SKIP_SHA256_STREAM_LIMIT];
  for (size_t stream = 0; stream < count; stream++) {
    states[stream] = loaded_state(streams[stream].state);
  }
  for (size_t block = 0; block < block_count; block++) {
    halves before[SKIP_SHA256_STREAM_LIMIT];
    // The last 16 words of the message schedule, with group g at index g % 4.
    __m128i words[SKIP_SHA256_STREAM_LIMIT][4];
#pragma clang loop unroll(full)
    for (size_t stream = 0; stream < count; stream++) {
      before[stream] = states[stream];
    }
    // Sixteen groups of four rounds.
#pragma clang loop unroll(full)
    for (size_t group = 0; group < 16; group++) {
      const __m128i constants = _mm_load_si128((const __m128i *)&skip_sha256_constants[4 * group]);
#pragma clang loop unroll(full)
      for (size_t stream = 0; stream < count; stream++) {
        __m128i *w = words[stream];
        if (group < 4) {
          const __m128i *bytes = (const __m128i *)(streams[stream].blocks + block * SKIP_SHA256_BLOCK_BYTES) + group;
          w[group] = _mm_shuffle_epi8(_mm_loadu_si128(bytes), byte_order);
        } else {
          __m128i last = w[(group + 3) % 4];
          __m128i seven_back = _mm_alignr_epi8(last, w[(group + 2) % 4], 4);
          __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[group % 4], w[(group + 1) % 4]), seven_back);
          w[group % 4] = _mm_sha256msg2_epu32(sum, last);
        }
        __m128i input = _mm_add_epi32(w[group % 4], constants);
        halves *state = &states[stream];
        state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, input);
        state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, _mm_shuffle_epi32(input, 0x0e));
      }
    }
#pragma clang loop unroll(full)
    for (size_t stream = 0; stream < count; stream++) {
      states[stream].abef = _mm_add_epi32(states[stream].abef, before[stream].abef);
      states[stream].cdgh = _mm_add_epi32(states[stream].cdgh, before[stream].cdgh);
    }
  }
  for (size_t stream = 0; stream < count; stream++) {
    store_state(streams[stream].state, states[stream]);
    streams[stream].blocks += block_count * SKIP_SHA256_BLOCK_BYTES;
  }
}

static void compress(skip_sha256_stream *streams, size_t count, size_t block_count) {
  switch (count) {
    case 1:
      compress_streams(streams, 1, block_count);
      break;
    case 2:
      compress_streams(streams, 2, block_count);
      break;
    default:
      compress_streams(streams, 3, block_count);
  }
}

#pragma clang attribute pop

const skip_sha256_functions skip_sha256_functions_x86 = {"x86", 3, compress};

#endif
