// The command line of the process, from the C library. Swift reads it from /proc, which may not be mounted.
int skip_argument_count(void);

// The commit that the program was built from; empty if the build did not record it.
const char *skip_commit(void);

// The argument at an index below the count; the program's name is the first.
const char *skip_argument(int index);
