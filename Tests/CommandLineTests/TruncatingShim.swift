import Foundation
import TestSupport

/// A library that is loaded before a program and truncates a file as soon as the program has mapped it, or later, when
/// the program starts its next thread. So a test reaches the fault without a race.
enum TruncatingShim {
    enum Moment: String, CaseIterable {
        case mapped, thread
    }

    /// Compiles the library into `directory` and returns its path.
    static func compile(in directory: TemporaryDirectory) throws -> String {
        let source = directory.file("shim.c")
        try directory.write(text, to: "shim.c")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["gcc", "-shared", "-fPIC", "-o", directory.file("shim.so"), source, "-ldl"]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return directory.file("shim.so")
    }

    /// The environment of a program whose mapped file at `path` is cut to `byteCount` bytes.
    static func environment(
        _ library: String, truncating path: String, to byteCount: Int, when moment: Moment
    ) -> [String: String] {
        [
            "LD_PRELOAD": library, "TRUNCATE_FILE": path, "TRUNCATE_TO": "\(byteCount)",
            "TRUNCATE_WHEN": moment.rawValue,
        ]
    }

    private static let text = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static char mapped[4096];

        static void shrink(void) {
            if (mapped[0] && truncate(mapped, atol(getenv("TRUNCATE_TO"))) == 0) mapped[0] = 0;
        }

        void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
            void *result = (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
            if (result == MAP_FAILED || descriptor < 0 || !(flags & MAP_SHARED)) return result;
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
            ssize_t count = readlink(link, path, sizeof path - 1);
            if (count <= 0) return result;
            path[count] = 0;
            if (strcmp(path, getenv("TRUNCATE_FILE")) != 0) return result;
            strcpy(mapped, path);
            if (strcmp(getenv("TRUNCATE_WHEN"), "mapped") == 0) shrink();
            return result;
        }

        int pthread_create(
            pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument
        ) {
            int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
                dlsym(RTLD_NEXT, "pthread_create");
            if (strcmp(getenv("TRUNCATE_WHEN"), "thread") == 0) shrink();
            return create(thread, attributes, start, argument);
        }
        """#
}
