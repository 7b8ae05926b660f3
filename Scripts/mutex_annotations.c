// Tells the thread sanitizer when Swift's `Mutex` is locked and unlocked under contention.
//
// Without contention the atomic operations of `Mutex` are compiled into skipc, where the sanitizer sees them. With
// contention the kernel locks and unlocks it on behalf of Swift's library, which is not built with the sanitizer, so
// that it reports races of data that the mutex protects. `Scripts/sanitize.sh thread` preloads these functions, which
// call the library's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT_SELF __attribute__((swift_context))
#define SWIFT_CALL __attribute__((swiftcall))

void __tsan_acquire(void *address);
void __tsan_release(void *address);

static void *library_function(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

// _MutexHandle._lockSlow(_: UInt32)
SWIFT_CALL void lock_slow(uint32_t thread, SWIFT_SELF void *handle) __asm__(
    "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

SWIFT_CALL void lock_slow(uint32_t thread, SWIFT_SELF void *handle) {
    SWIFT_CALL void (*function)(uint32_t, SWIFT_SELF void *) =
        library_function("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    function(thread, handle);
    __tsan_acquire(handle);
}

// _MutexHandle._unlockSlow()
SWIFT_CALL void unlock_slow(SWIFT_SELF void *handle) __asm__(
    "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT_CALL void unlock_slow(SWIFT_SELF void *handle) {
    SWIFT_CALL void (*function)(SWIFT_SELF void *) =
        library_function("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    __tsan_release(handle);
    function(handle);
}
