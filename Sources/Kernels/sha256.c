// SHA-256: the scalar definition, the choice of an implementation at run time, and messages.
#include "sha256.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "sha256_tables.h"

// --- the definition --------------------------------------------------------------------------------------------------

_Alignas(64) const uint32_t skip_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, int count) { return word >> count | word << (32 - count); }

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// FIPS 180-4, 6.2.2, with its names.
static void scalar_block(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) {
    w[t] = big_endian(block + 4 * t);
  }
  for (int t = 16; t < 64; t++) {
    uint32_t sigma0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t sigma1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    uint32_t sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    uint32_t choice = (e & f) ^ (~e & g);
    uint32_t t1 = h + sum1 + choice + skip_sha256_constants[t] + w[t];
    uint32_t sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    uint32_t t2 = sum0 + majority;
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static void scalar_compress(skip_sha256_stream *streams, size_t count, size_t block_count) {
  for (size_t stream = 0; stream < count; stream++) {
    for (size_t block = 0; block < block_count; block++) {
      scalar_block(streams[stream].state, streams[stream].blocks);
      streams[stream].blocks += SKIP_SHA256_BLOCK_BYTES;
    }
  }
}

static const skip_sha256_functions functions_scalar = {"scalar", 1, scalar_compress};

// --- the choice ------------------------------------------------------------------------------------------------------

static bool processor_has(int32_t isa) {
  switch (isa) {
    case SKIP_SHA256_SCALAR:
      return true;
#if defined(__x86_64__)
    case SKIP_SHA256_X86: {
      // Some compilers' __builtin_cpu_supports does not know "sha". The instructions use SSE registers, which the
      // system always saves.
      uint32_t eax, ebx, ecx, edx;
      if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_SSSE3) || !(ecx & bit_SSE4_1)) {
        return false;
      }
      return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ebx & bit_SHA;
    }
#endif
#if defined(__aarch64__) && defined(__linux__)
    case SKIP_SHA256_ARM:
      return getauxval(AT_HWCAP) & HWCAP_SHA2;
#elif defined(__aarch64__) && defined(__APPLE__)
    case SKIP_SHA256_ARM:
      return true;
#endif
    default:
      return false;
  }
}

const skip_sha256_functions *skip_sha256_for(int32_t isa) {
  if (!processor_has(isa)) {
    return NULL;
  }
  switch (isa) {
#if defined(__x86_64__)
    case SKIP_SHA256_X86:
      return &skip_sha256_functions_x86;
#endif
#if defined(__aarch64__)
    case SKIP_SHA256_ARM:
      return &skip_sha256_functions_arm;
#endif
    default:
      return &functions_scalar;
  }
}

const skip_sha256_functions *skip_sha256_best(void) {
  for (int32_t isa = SKIP_SHA256_X86; isa > SKIP_SHA256_SCALAR; isa--) {
    const skip_sha256_functions *functions = skip_sha256_for(isa);
    if (functions) {
      return functions;
    }
  }
  return &functions_scalar;
}

// --- one message -----------------------------------------------------------------------------------------------------

static const uint32_t initial_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

void skip_sha256_begin(skip_sha256_stream *stream) {
  memcpy(stream->state, initial_state, sizeof initial_state);
  stream->byte_count = 0;
}

static size_t open_count(const skip_sha256_stream *stream) { return stream->byte_count % SKIP_SHA256_BLOCK_BYTES; }

// Copies as many bytes at `data` into the open block as fit, and returns their number.
static size_t fill(const skip_sha256_functions *functions, skip_sha256_stream *stream, const uint8_t *data,
                   size_t length) {
  size_t open = open_count(stream);
  size_t count = length < SKIP_SHA256_BLOCK_BYTES - open ? length : SKIP_SHA256_BLOCK_BYTES - open;
  if (count > 0) {
    memcpy(stream->open + open, data, count);
  }
  stream->byte_count += count;
  if (open + count == SKIP_SHA256_BLOCK_BYTES) {
    stream->blocks = stream->open;
    functions->compress(stream, 1, 1);
  }
  return count;
}

void skip_sha256_update(const skip_sha256_functions *functions, skip_sha256_stream *stream, const uint8_t *data,
                        size_t length) {
  size_t taken = open_count(stream) == 0 ? 0 : fill(functions, stream, data, length);
  size_t block_count = (length - taken) / SKIP_SHA256_BLOCK_BYTES;
  if (block_count > 0) {
    stream->blocks = data + taken;
    functions->compress(stream, 1, block_count);
    stream->byte_count += block_count * SKIP_SHA256_BLOCK_BYTES;
    taken += block_count * SKIP_SHA256_BLOCK_BYTES;
  }
  if (taken < length) {
    fill(functions, stream, data + taken, length - taken);
  }
}

// FIPS 180-4, 5.1.1: a bit 1, zeros, and the number of bits, so that the last block is complete.
void skip_sha256_finish(const skip_sha256_functions *functions, skip_sha256_stream *stream, uint8_t *digest) {
  uint64_t bit_count = stream->byte_count * 8;
  uint8_t padding[SKIP_SHA256_BLOCK_BYTES + sizeof bit_count] = {0x80};
  size_t zeros_end = (2 * SKIP_SHA256_BLOCK_BYTES - sizeof bit_count - open_count(stream)) % SKIP_SHA256_BLOCK_BYTES;
  size_t length = (zeros_end == 0 ? SKIP_SHA256_BLOCK_BYTES : zeros_end) + sizeof bit_count;
  for (size_t byte = 1; byte <= sizeof bit_count; byte++, bit_count >>= 8) {
    padding[length - byte] = (uint8_t)bit_count;
  }
  skip_sha256_update(functions, stream, padding, length);
  for (size_t byte = 0; byte < SKIP_SHA256_DIGEST_BYTES; byte++) {
    digest[byte] = (uint8_t)(stream->state[byte / 4] >> (24 - byte % 4 * 8));
  }
}

// --- many messages ---------------------------------------------------------------------------------------------------

// The part of a message that its stream has not processed yet.
typedef struct {
  const uint8_t *data;
  size_t length;
  size_t index;
} rest;

// With a prefix, block boundaries are not where the message starts: the first block is assembled in the stream, the
// others are read in place.
static void begin(const skip_sha256_functions *functions, int32_t prefix, skip_sha256_stream *stream, rest *rest) {
  skip_sha256_begin(stream);
  if (prefix != SKIP_SHA256_NO_PREFIX) {
    uint8_t byte = (uint8_t)prefix;
    fill(functions, stream, &byte, 1);
    size_t taken = fill(functions, stream, rest->data, rest->length);
    rest->data += taken;
    rest->length -= taken;
  }
  stream->blocks = rest->data;
}

void skip_sha256_many(const skip_sha256_functions *functions, int32_t prefix, const uint8_t *const *data,
                      const size_t *lengths, size_t count, uint8_t *digests) {
  skip_sha256_stream streams[SKIP_SHA256_STREAM_LIMIT];
  rest rests[SKIP_SHA256_STREAM_LIMIT];
  size_t active = 0;
  size_t next = 0;
  while (active > 0 || next < count) {
    for (; active < functions->stream_count && next < count; active++, next++) {
      rests[active] = (rest){data[next], lengths[next], next};
      begin(functions, prefix, &streams[active], &rests[active]);
    }
    size_t block_count = rests[0].length / SKIP_SHA256_BLOCK_BYTES;
    for (size_t stream = 1; stream < active; stream++) {
      if (rests[stream].length / SKIP_SHA256_BLOCK_BYTES < block_count) {
        block_count = rests[stream].length / SKIP_SHA256_BLOCK_BYTES;
      }
    }
    functions->compress(streams, active, block_count);
    // Removes finished streams. It iterates backwards, so that a stream that is moved into a gap was already visited.
    for (size_t stream = active; stream-- > 0;) {
      streams[stream].byte_count += block_count * SKIP_SHA256_BLOCK_BYTES;
      rests[stream].data += block_count * SKIP_SHA256_BLOCK_BYTES;
      rests[stream].length -= block_count * SKIP_SHA256_BLOCK_BYTES;
      if (rests[stream].length < SKIP_SHA256_BLOCK_BYTES) {
        skip_sha256_update(functions, &streams[stream], rests[stream].data, rests[stream].length);
        skip_sha256_finish(functions, &streams[stream], digests + rests[stream].index * SKIP_SHA256_DIGEST_BYTES);
        active--;
        streams[stream] = streams[active];
        rests[stream] = rests[active];
      }
    }
  }
}
