#pragma once

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's main loop; calls `test` with one input after the other until it crashes or the run is over.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));
