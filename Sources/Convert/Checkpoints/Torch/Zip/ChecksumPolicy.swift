/// How the checksums in torch files are treated.
public enum ChecksumPolicy: Sendable {
    /// Every checksum must be correct.
    case required
    /// Checksums of storages are not checked, and a checksum of 0 means none, because torch writes 0 everywhere after
    /// `set_crc32_options(False)`.
    case optional
}
