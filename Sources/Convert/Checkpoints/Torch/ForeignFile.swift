import SkipFiles

/// Recognizes files that have the extension of a torch file but another format, so that the error can name the format.
/// No file is read in another format than its name states.
enum ForeignFile {
    /// The first bytes of files in the format before PyTorch 1.6: a pickle of the number 0x1950a86a20f9469cfc6c.
    private static let legacyStart: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    private static let zipStart: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    /// Returns the error of a file that does not begin as a zip archive; nil for one that does.
    static func fault(_ source: some ByteSource) throws(InputError) -> InputError? {
        let start = try source.bytes(0..<min(512, source.byteCount))
        if start.isEmpty || start.starts(with: zipStart) { return nil }
        if try ZipEndRecord.isPresent(in: source) {
            return InputError(
                .zipSurroundings, file: source.path, at: .byte(0), found: "other bytes before a zip archive",
                required: "a local header")
        }
        if start.starts(with: legacyStart) {
            return InputError(
                .legacyTorchFile, file: source.path, at: .byte(0), found: "a pickle", required: "a zip archive")
        }
        return InputError(.notTorchFile, file: source.path, at: .byte(0), found: kind(start), required: "a zip archive")
    }

    private static func kind(_ start: [UInt8]) -> String {
        let magics: [(String, [UInt8])] = [
            ("a 7z archive", [0x37, 0x7A, 0xBC, 0xAF]), ("a gzip file", [0x1F, 0x8B]),
            ("a zstd file", [0x28, 0xB5, 0x2F, 0xFD]), ("an xz file", [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
            ("a bare pickle", [0x80]), ("an empty zip archive", [0x50, 0x4B, 0x05, 0x06]),
        ]
        if start.count > 262, start[257..<262].elementsEqual("ustar".utf8) { return "a tar archive" }
        if start.starts(with: "version https://git-lfs".utf8) { return "a Git LFS pointer, not the weights" }
        return magics.first { start.starts(with: $0.1) }?.0 ?? "an unknown format"
    }
}
