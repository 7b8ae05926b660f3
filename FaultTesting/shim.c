// A library for LD_PRELOAD that makes system calls fail, so that tests reach every error path.
//
//   FAULT_CALL        the group of calls that are counted: open, read, write, allocate, sync, name, map, list, thread,
//                     stat or space
//   FAULT_AT          which call of the group fails, from 1 on; 0: none
//   FAULT_ERROR       the error number; 0: a short read or write of one byte
//   FAULT_FOREVER     set: all later calls of the group fail too
//   FAULT_CHANGE      append, truncate, rewrite or replace: instead of a failure, FAULT_FILE is changed
//   FAULT_FILE        the file to change
//   FAULT_OTHER       the file that replaces it
//   FAULT_NO_TMPFILE  set: O_TMPFILE is not supported, as on NFS
//   FAULT_COUNT       a file that gets the number of calls of the group, and whether the fault was injected
//
// Calls before `main` belong to the loader and are not counted.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *group = "";
static long fault_at;
static int fault_error;
static int fails_forever;
static int has_no_tmpfile;
static atomic_long count;
static atomic_int injected;
static int log_descriptor = -1;

static void publish(void) {
    if (log_descriptor < 0) return;
    char text[64];
    int length = snprintf(text, sizeof text, "%ld %d\n", atomic_load(&count), atomic_load(&injected));
    syscall(SYS_pwrite64, log_descriptor, text, (size_t)length, (off_t)0);
}

__attribute__((constructor)) static void start(void) {
    if (getenv("FAULT_CALL")) group = getenv("FAULT_CALL");
    if (getenv("FAULT_AT")) fault_at = atol(getenv("FAULT_AT"));
    if (getenv("FAULT_ERROR")) fault_error = atoi(getenv("FAULT_ERROR"));
    fails_forever = getenv("FAULT_FOREVER") != NULL;
    has_no_tmpfile = getenv("FAULT_NO_TMPFILE") != NULL;
    const char *path = getenv("FAULT_COUNT");
    if (!path) return;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    // Out of the way of the program's own descriptors.
    log_descriptor = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, 900);
    syscall(SYS_close, descriptor);
    publish();
}

// Changes the input in the way that the environment asks for.
static void change(const char *way) {
    const char *path = getenv("FAULT_FILE");
    int flags = O_RDWR | O_CLOEXEC | (strcmp(way, "append") == 0 ? O_APPEND : 0);
    if (strcmp(way, "replace") == 0) {
        syscall(SYS_renameat2, AT_FDCWD, getenv("FAULT_OTHER"), AT_FDCWD, path, 0);
        return;
    }
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
    off_t size = syscall(SYS_lseek, descriptor, 0, SEEK_END);
    if (strcmp(way, "append") == 0) syscall(SYS_write, descriptor, "x", 1);
    if (strcmp(way, "truncate") == 0) syscall(SYS_ftruncate, descriptor, size / 2);
    // The last bytes are weights or padding.
    if (strcmp(way, "rewrite") == 0) syscall(SYS_pwrite64, descriptor, "abcd", 4, size - 4);
    syscall(SYS_close, descriptor);
}

// Returns whether this call fails.
static int fails(const char *name) {
    if (strcmp(name, group) != 0) return 0;
    long number = atomic_fetch_add(&count, 1) + 1;
    int hit = fault_at > 0 && (number == fault_at || (fails_forever && number > fault_at));
    if (hit) atomic_store(&injected, 1);
    publish();
    if (!hit) return 0;
    if (getenv("FAULT_CHANGE")) {
        change(getenv("FAULT_CHANGE"));
        return 0;
    }
    errno = fault_error;
    return 1;
}

// Returns whether opening fails, and sets the error.
static int fails_to_open(int flags) {
    if (has_no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return 1;
    }
    return fails("open");
}

// The real function; the cast from a data pointer is what POSIX asks for.
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

#define MODE(last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, last); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return fails_to_open(flags) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    return fails_to_open(flags) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return fails_to_open(flags) ? -1 : (int)syscall(SYS_openat, directory, path, flags, mode);
}
int openat64(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return fails_to_open(flags) ? -1 : (int)syscall(SYS_openat, directory, path, flags, mode);
}

// A fault of error 0 is a short transfer.
ssize_t read(int descriptor, void *bytes, size_t length) {
    if (fails("read")) {
        if (fault_error) return -1;
        if (length > 1) length = 1;
    }
    return syscall(SYS_read, descriptor, bytes, length);
}
// A message on standard error is always written.
ssize_t write(int descriptor, const void *bytes, size_t length) {
    if (descriptor != 2 && fails("write")) {
        if (fault_error) return -1;
        if (length > 1) length = 1;
    }
    return syscall(SYS_write, descriptor, bytes, length);
}
#define TRANSFER_AT(name, call, number, constness) \
    ssize_t name(int descriptor, constness void *bytes, size_t length, off_t offset) { \
        if (fails(#call)) { \
            if (fault_error) return -1; \
            if (length > 1) length = 1; \
        } \
        return syscall(number, descriptor, bytes, length, offset); \
    }
TRANSFER_AT(pread, read, SYS_pread64, )
TRANSFER_AT(pread64, read, SYS_pread64, )
TRANSFER_AT(pwrite, write, SYS_pwrite64, const)
TRANSFER_AT(pwrite64, write, SYS_pwrite64, const)

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    return fails("allocate") ? -1 : (int)syscall(SYS_fallocate, descriptor, mode, offset, length);
}
int ftruncate(int descriptor, off_t length) {
    return fails("allocate") ? -1 : (int)syscall(SYS_ftruncate, descriptor, length);
}
int fsync(int descriptor) { return fails("sync") ? -1 : (int)syscall(SYS_fsync, descriptor); }

int linkat(int from, const char *path, int to, const char *name, int flags) {
    return fails("name") ? -1 : (int)syscall(SYS_linkat, from, path, to, name, flags);
}
int renameat(int from, const char *path, int to, const char *name) {
    return fails("name") ? -1 : (int)syscall(SYS_renameat2, from, path, to, name, 0);
}
int mkdirat(int directory, const char *path, mode_t mode) {
    return fails("name") ? -1 : (int)syscall(SYS_mkdirat, directory, path, mode);
}

// Only files: anonymous memory belongs to allocators and thread stacks.
void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (descriptor >= 0 && fails("map")) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

DIR *fdopendir(int descriptor) { return fails("list") ? NULL : REAL(fdopendir)(descriptor); }
struct dirent *readdir(DIR *stream) { return fails("list") ? NULL : REAL(readdir)(stream); }
struct dirent64 *readdir64(DIR *stream) { return fails("list") ? NULL : REAL(readdir64)(stream); }

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    return fails("thread") ? fault_error : REAL(pthread_create)(thread, attributes, body, argument);
}

int stat(const char *path, struct stat *status) {
    return fails("stat") ? -1 : (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}
int lstat(const char *path, struct stat *status) {
    return fails("stat") ? -1 : (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int fstat(int descriptor, struct stat *status) {
    return fails("stat") ? -1 : (int)syscall(SYS_fstat, descriptor, status);
}
int fstatat(int directory, const char *path, struct stat *status, int flags) {
    return fails("stat") ? -1 : (int)syscall(SYS_newfstatat, directory, path, status, flags);
}
int fstatvfs(int descriptor, struct statvfs *space) { return fails("space") ? -1 : REAL(fstatvfs)(descriptor, space); }
