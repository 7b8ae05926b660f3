import Glibc

/// The free space of file systems.
enum FreeSpace {
    /// Returns whether the file system of an open file has `byteCount` free bytes, or does not say how many it has.
    static func isEnough(for byteCount: Int, at descriptor: Int32) -> Bool {
        var space = statvfs()
        // SAFETY: `space` outlives the call.
        guard unsafe fstatvfs(descriptor, &space) == 0, space.f_blocks > 0 else { return true }
        let (free, overflow) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
        return overflow || free >= UInt64(byteCount)
    }
}
