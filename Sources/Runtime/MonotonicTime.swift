import Glibc

/// The system's monotonic clock.
public enum MonotonicTime {
    /// Nanoseconds since an unspecified moment.
    public static var now: UInt64 {
        var time = timespec()
        // SAFETY: writes the given timespec; CLOCK_MONOTONIC cannot fail.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Seconds since a value of `now`.
    public static func seconds(since start: UInt64) -> Double { Double(now - start) / 1e9 }
}
