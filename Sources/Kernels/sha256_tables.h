// Private to this target: shared declarations of the SHA-256 implementations.
#ifndef SKIPC_SHA256_TABLES_H
#define SKIPC_SHA256_TABLES_H

#include "sha256.h"

// K of FIPS 180-4, 4.2.2.
extern const uint32_t skip_sha256_constants[64];

#if defined(__x86_64__)
extern const skip_sha256_functions skip_sha256_functions_x86;
#endif
#if defined(__aarch64__)
extern const skip_sha256_functions skip_sha256_functions_arm;
#endif

#endif
