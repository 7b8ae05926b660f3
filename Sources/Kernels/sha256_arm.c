// SHA-256 with the SHA-2 instructions of most 64-bit ARM processors.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "sha256_tables.h"

#pragma clang attribute push(__attribute__((target("sha2"))), apply_to = function)

static void compress(skip_sha256_stream *streams, size_t count, size_t block_count) {
  for (size_t stream = 0; stream < count; stream++) {
    uint32x4_t abcd = vld1q_u32(streams[stream].state);
    uint32x4_t efgh = vld1q_u32(streams[stream].state + 4);
    for (size_t block = 0; block < block_count; block++) {
      uint32x4_t abcd_before = abcd;
      uint32x4_t efgh_before = efgh;
      // The last 16 words of the message schedule, with group g at index g % 4.
      uint32x4_t w[4];
      // Sixteen groups of four rounds.
#pragma clang loop unroll(full)
      for (size_t group = 0; group < 16; group++) {
        if (group < 4) {
          w[group] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(streams[stream].blocks + 16 * group)));
        } else {
          uint32x4_t sum = vsha256su0q_u32(w[group % 4], w[(group + 1) % 4]);
          w[group % 4] = vsha256su1q_u32(sum, w[(group + 2) % 4], w[(group + 3) % 4]);
        }
        uint32x4_t input = vaddq_u32(w[group % 4], vld1q_u32(&skip_sha256_constants[4 * group]));
        uint32x4_t abcd_old = abcd;
        abcd = vsha256hq_u32(abcd, efgh, input);
        efgh = vsha256h2q_u32(efgh, abcd_old, input);
      }
      abcd = vaddq_u32(abcd, abcd_before);
      efgh = vaddq_u32(efgh, efgh_before);
      streams[stream].blocks += SKIP_SHA256_BLOCK_BYTES;
    }
    vst1q_u32(streams[stream].state, abcd);
    vst1q_u32(streams[stream].state + 4, efgh);
  }
}

#pragma clang attribute pop

// One stream, because more have not been measured.
const skip_sha256_functions skip_sha256_functions_arm = {"arm", 1, compress};

#endif
