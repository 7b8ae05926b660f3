// SHA-256 (FIPS 180-4) of pieces of memory: no allocation, callable from any thread.
//
// One stream of SHA instructions waits for itself: each needs the result of the one before it. So several messages are
// hashed at once, their instructions interleaved.
#ifndef SKIPC_SHA256_H
#define SKIPC_SHA256_H

#include <stddef.h>
#include <stdint.h>

// Implementations, worst first.
enum skip_sha256_isa {
  SKIP_SHA256_SCALAR = 0,  // the definition
  SKIP_SHA256_ARM = 1,     // SHA-2 instructions of 64-bit ARM
  SKIP_SHA256_X86 = 2,     // SHA-NI, SSSE3 and SSE4.1
};

#define SKIP_SHA256_DIGEST_BYTES 32
#define SKIP_SHA256_BLOCK_BYTES 64
#define SKIP_SHA256_NO_PREFIX -1

// The messages that one call of compress advances at most.
#define SKIP_SHA256_STREAM_LIMIT 3

// A message on its way.
typedef struct skip_sha256_stream {
  uint32_t state[8];
  uint64_t byte_count;                     // taken in so far
  uint8_t open[SKIP_SHA256_BLOCK_BYTES];   // the last byte_count % 64 of them, which are no whole block yet
  const uint8_t *blocks;                   // for compress: the next block, of any alignment
} skip_sha256_stream;

typedef struct skip_sha256_functions {
  const char *name;  // "scalar", "arm", "x86"
  // Streams that are worth advancing together, 1 to SKIP_SHA256_STREAM_LIMIT.
  size_t stream_count;
  // Advances each of `count` streams, 1 to stream_count, by block_count blocks, which may be 0: their state and blocks.
  void (*compress)(skip_sha256_stream *streams, size_t count, size_t block_count);
} skip_sha256_functions;

// The implementation, or NULL if this processor or build cannot run it.
const skip_sha256_functions *skip_sha256_for(int32_t isa);

// The best implementation that this processor can run.
const skip_sha256_functions *skip_sha256_best(void);

// A message piece by piece: begin, then update with each piece, then finish, which gives SKIP_SHA256_DIGEST_BYTES.
void skip_sha256_begin(skip_sha256_stream *stream);
void skip_sha256_update(const skip_sha256_functions *functions, skip_sha256_stream *stream, const uint8_t *data,
                        size_t length);
void skip_sha256_finish(const skip_sha256_functions *functions, skip_sha256_stream *stream, uint8_t *digest);

// Whole messages together, each the byte `prefix` (0 to 255, or SKIP_SHA256_NO_PREFIX) and then lengths[i] bytes at
// data[i]: its digest is at digests + i * SKIP_SHA256_DIGEST_BYTES.
//
// They are taken up in their order, a new one as soon as one is done; with the longest first, the fewest bytes are left
// to be hashed alone.
void skip_sha256_many(const skip_sha256_functions *functions, int32_t prefix, const uint8_t *const *data,
                      const size_t *lengths, size_t count, uint8_t *digests);

#endif
