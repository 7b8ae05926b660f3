// For its types: the library is loaded when it is needed, see OpenBLAS.swift.
// OpenBLAS's own CBLAS header: Debian installs it under this name beside that of other implementations.
#if __has_include(<cblas-openblas.h>)
#include <cblas-openblas.h>
#else
#include <cblas.h>
#endif
