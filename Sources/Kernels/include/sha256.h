// SHA-256 (FIPS 180-4) of memory. It allocates nothing and may be called from any thread.
//
// Each SHA instruction needs the result of the previous one, so a single message does not use the processor fully.
// Several messages are therefore hashed at once, with interleaved instructions.
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

// The largest number of messages that one call of compress advances.
#define SKIP_SHA256_STREAM_LIMIT 3

// The state of a message that is being hashed.
typedef struct skip_sha256_stream {
  uint32_t state[8];
  uint64_t byte_count;                     // processed so far
  uint8_t open[SKIP_SHA256_BLOCK_BYTES];   // the last byte_count % 64 of them, an incomplete block
  const uint8_t *blocks;                   // for compress: the next block, of any alignment
} skip_sha256_stream;

typedef struct skip_sha256_functions {
  const char *name;  // "scalar", "arm", "x86"
  // The number of streams that are fastest together, 1 to SKIP_SHA256_STREAM_LIMIT.
  size_t stream_count;
  // Advances the state and blocks of each of `count` streams, 1 to stream_count, by block_count blocks, which may be 0.
  void (*compress)(skip_sha256_stream *streams, size_t count, size_t block_count);
} skip_sha256_functions;

// The implementation, or NULL if this processor or build cannot run it.
const skip_sha256_functions *skip_sha256_for(int32_t isa);

// The best implementation that this processor can run.
const skip_sha256_functions *skip_sha256_best(void);

// Hashes a message in parts: begin, then update with each part, then finish, which writes SKIP_SHA256_DIGEST_BYTES.
void skip_sha256_begin(skip_sha256_stream *stream);
void skip_sha256_update(const skip_sha256_functions *functions, skip_sha256_stream *stream, const uint8_t *data,
                        size_t length);
void skip_sha256_finish(const skip_sha256_functions *functions, skip_sha256_stream *stream, uint8_t *digest);

// Hashes complete messages together. Message i is the byte `prefix` (0 to 255, or SKIP_SHA256_NO_PREFIX) and then
// lengths[i] bytes at data[i]; its digest is written to digests + i * SKIP_SHA256_DIGEST_BYTES.
//
// Messages start in order, a new one as soon as one is finished. It is fastest with the longest messages first, because
// then the fewest bytes are hashed alone.
void skip_sha256_many(const skip_sha256_functions *functions, int32_t prefix, const uint8_t *const *data,
                      const size_t *lengths, size_t count, uint8_t *digests);

#endif
