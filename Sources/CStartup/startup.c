#include "startup.h"

static int argument_count;
static char **arguments;

// The C library of Linux passes the arguments of `main` to every initializer.
__attribute__((constructor)) static void remember(int count, char **values) {
    argument_count = count;
    arguments = values;
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
