// What the C library has for Linux alone and Swift's module of it does not show.
#include <sys/types.h>

int fallocate(int descriptor, int mode, off_t offset, off_t length);

#define RENAME_EXCHANGE (1 << 1)
int renameat2(int oldDirectory, const char *oldName, int newDirectory, const char *newName, unsigned int flags);
