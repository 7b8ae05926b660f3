import SkipFiles
import SkipFormat

@testable import SkipPackage

/// Opens a `.skipz` package that is made of arbitrary bytes, as it is and with correct checksums of its header and its
/// index, and checks the blocks of one that opens.
enum PackageEntry {
    static func examine(_ bytes: [UInt8]) throws {
        let plain = Result { try open(bytes) }
        var sealed = bytes
        seal(&sealed)
        if case .success = plain {
            try require(bytes == sealed, "checksums are checked")
            return
        }
        try open(sealed)
    }

    private static func open(_ bytes: [UInt8]) throws {
        try ScratchFile.with(bytes, named: "model.skipz") { path in
            let package = try Package(opening: [path], requiresBase: false)
            try require(package.model.header.rootHash == package.header.rootHash, "the file is the stated one")
            var end = package.header.indexRange.upperBound
            for location in package.locations {
                try require(
                    location.fileRange.upperBound <= package.header.fileByteCount, "a block is inside the file")
                guard let range = location.packageRange else { continue }
                try require(range.lowerBound == end && range.count <= location.fileRange.count, "blocks have no gaps")
                end = range.upperBound
            }
            try require(end == package.header.packageByteCount, "the package ends with its last block")
            let result = try package.verify(options: WorkOptions())
            let present = package.locations.count { $0.isPresent && $0.tensor != nil }
            try require(result.restoredCount <= present, "only what is present is restored")
        }
    }

    /// Corrects the checksums of the header and the index, as far as they are inside the package.
    private static func seal(_ bytes: inout [UInt8]) {
        let start = PackageLimits.headerByteCount
        guard bytes.count >= start else { return }
        let count = Int(bytes.integer(UInt32.self, at: PackageHeader.Offset.entryCount))
        let end = start + count * PackageLimits.indexEntryByteCount
        if end <= bytes.count {
            set(Array(bytes[start..<end]).checksum, at: PackageHeader.Offset.indexChecksum, &bytes)
        }
        set(
            Array(bytes[..<PackageHeader.Offset.headerChecksum]).checksum, at: PackageHeader.Offset.headerChecksum,
            &bytes)
    }

    private static func set(_ value: UInt32, at offset: Int, _ bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
