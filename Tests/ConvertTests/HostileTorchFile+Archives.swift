import TestSupport

extension HostileTorchFile {
    private static let pickle = [0x80, 2] + Pickle.dict([("w", Pickle.goodTensor)]) + Pickle.stop

    /// Good zip archives with bad records.
    static let archives: [HostileTorchFile] = [
        .patched("a wrong checksum of the pickle", .zipChecksum, at: { $0.data[0] }) { $0.setChecksum(0, 1) },
        .patched("a wrong checksum of version", .zipChecksum, at: { $0.data[5] }) { $0.setChecksum(5, 1) },
        .patched("a wrong checksum of byteorder", .zipChecksum, at: { $0.data[3] }) { $0.setChecksum(3, 1) },
        .patched("a wrong checksum of a storage", .zipChecksum, at: { $0.data[4] }) { $0.setChecksum(4, 1) },
        .patched("a flipped bit of a storage", .zipChecksum, at: { $0.data[4] }) { $0.bytes[$0.data[4] + 9] ^= 4 },

        .built("two entries of one name", .torchLayout, at: { $0.centralHeaders[7] }) {
            $0.entries.append(.init("m/data/0", "other"))
        },
        .built("two entries that differ by case", .torchLayout, at: { $0.centralHeaders[7] }) {
            $0.entries.append(.init("m/DATA.PKL", "other"))
        },
        .built("two directories", .torchLayout, at: { $0.centralHeaders[7] }) {
            $0.entries.append(.init("n/data.pkl", "other"))
        },
        .built("a second data.pkl", .torchLayout, at: { $0.data[7] }) {
            $0.entries.append(.init("m/data/data.pkl", "other"))
        },
        .built("no directory", .torchLayout, at: { $0.centralHeaders[0] }) {
            $0.entries[0].name = Array("data.pkl".utf8)
        },
        .built("no pickle", .torchLayout, at: { $0.centralHeaders[0] }) { $0.entries.removeFirst() },
        .built("no entries", .zipSurroundings, at: { _ in 0 }) { $0.entries = [] },
        .patched("a file that is marked as a directory", .torchLayout, at: { $0.centralHeaders[4] }) {
            $0.patch($0.centralHeaders[4] + 38, [0x10])
        },
        .built("a directory with contents", .torchLayout, at: { $0.data[7] }) {
            $0.entries.append(.init("m/data/", "x"))
        },

        .built("a stream with more bytes than declared", .zipInflation, at: { $0.data[0] }) {
            $0.entries[0].deflate(ZipBuilder.deflated(pickle + [0]))
        },
        .built("a stream with fewer bytes than declared", .zipInflation, at: { $0.data[0] }) {
            $0.entries[0].deflate(ZipBuilder.deflated(pickle.dropLast()))
        },
        .built("bytes after the stream", .zipInflation, at: { $0.data[0] }) {
            $0.entries[0].deflate(ZipBuilder.deflated(pickle) + [0])
        },
        .built("a stream without an end", .zipInflation, at: { $0.data[0] }) {
            $0.entries[0].deflate(ZipBuilder.deflated(pickle).dropLast())
        },
        .built("no stream at all", .zipInflation, at: { $0.data[0] }) { $0.entries[0].deflate([0xFF, 0xFF, 0xFF]) },
        .built("a storage that inflates to more", .zipInflation, at: { $0.data[4] }) {
            $0["m/data/0"].deflate(ZipBuilder.deflated(TorchBuilder.storage + [1]))
        },
        .built("a pickle of a gigabyte", .zipRecordTooLarge, at: { $0.data[0] }) {
            $0.entries[0].deflate(ZipBuilder.deflated(pickle))
            $0.entries[0].declaredByteCount = 1 << 30
        },

        .built("a version that is no number", .torchRecord, at: { $0.data[5] }) {
            $0["m/version"].contents = Array("three".utf8)
        },
        .built("version 0", .torchRecord, at: { $0.data[5] }) { $0["m/version"].contents = Array("0\n".utf8) },
        .built("no version", .torchRecord, at: { $0.centralHeaders[0] }) { $0.entries.remove(at: 5) },
        .built("a long version", .torchRecord, at: { $0.data[5] }) {
            $0["m/version"].contents = [UInt8](repeating: 0x31, count: 1 << 20)
        },
        .built("an unknown byte order", .torchRecord, at: { $0.data[3] }) {
            $0["m/byteorder"].contents = Array("middle".utf8)
        },
        .built("a version of the future", .unsupportedTorchRecord, at: { $0.data[5] }) {
            $0["m/version"].contents = Array("11\n".utf8)
        },
        .built("big-endian numbers", .unsupportedTorchRecord, at: { $0.data[3] }) {
            $0["m/byteorder"].contents = Array("big".utf8)
        },

        .built("a storage that is too short", .torchStorage, at: { $0.data[4] }) {
            $0["m/data/0"].contents.removeLast()
        },
        .built("a storage that is too long", .torchStorage, at: { $0.data[4] }) { $0["m/data/0"].contents.append(0) },
        .pickle(
            "no record of a storage", .torchStorage,
            after: Pickle.emptyDict + Pickle.mark + Pickle.string("w"),
            Pickle.tensor(storage: Pickle.storage("1", count: 6), size: [6], strides: [1]) + Pickle.setItems,
            delta: Pickle.global("torch._utils", "_rebuild_tensor_v2").count + 1 + Pickle.storageID("1", count: 6).count
        ),
    ]
}

extension ZipBuilder.Entry {
    fileprivate mutating func deflate(_ stream: some Collection<UInt8>) {
        method = 8
        storedBytes = Array(stream)
    }
}

extension ZipBuilder.Archive {
    /// Changes the checksum of an entry in all of its headers.
    fileprivate mutating func setChecksum(_ index: Int, _ checksum: UInt32) {
        patch(dataEnds[index] + 4, littleEndian(checksum))
        patch(centralHeaders[index] + 16, littleEndian(checksum))
    }
}
