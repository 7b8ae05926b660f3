#include "startup.h"

#include <stdlib.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// The C library of Linux passes the arguments of `main` to every initializer.
__attribute__((constructor)) static void remember(int count, char **values) {
    argument_count = count;
    arguments = values;
}

// The Swift runtime of a static executable looks up its own path in /proc, and ends the process if there is none. It
// needs the path only to find a debugger's helper. This initializer has a priority, so that it runs before the runtime's.
__attribute__((constructor(101))) static void work_without_proc(void) {
    if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

int skip_argument_count(void) { return argument_count; }

const char *skip_argument(int index) { return arguments[index]; }

#ifdef SKIPC_COMMIT
#define TEXT_OF(words) #words
#define TEXT(macro) TEXT_OF(macro)
const char *skip_commit(void) { return TEXT(SKIPC_COMMIT); }
#else
const char *skip_commit(void) { return ""; }
#endif
