import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// A torch file that breaks one rule, and the offset that the error must name.
struct HostileTorchFile: Sendable, CustomTestStringConvertible {
    let name: String
    let rule: InputRule
    let bytes: [UInt8]
    let offset: Int

    var testDescription: String { "\(rule.rawValue) \(name)" }

    init(_ name: String, _ rule: InputRule, bytes: [UInt8], offset: Int) {
        self.name = name
        self.rule = rule
        self.bytes = bytes
        self.offset = offset
    }

    /// A file whose pickle is `before`, `bad` and STOP. The rule is broken `delta` bytes into `bad`.
    static func pickle(
        _ name: String, _ rule: InputRule, after before: [UInt8] = [], _ bad: [UInt8], delta: Int = 0
    ) -> HostileTorchFile {
        let archive = TorchBuilder.archive(pickle: before + bad).build()
        return HostileTorchFile(
            name, rule, bytes: archive.bytes, offset: archive.data[0] + 2 + before.count + delta)
    }

    /// A file like that of `pickle`, of a newer protocol.
    static func pickle(
        protocol version: UInt8, _ name: String, _ rule: InputRule, after before: [UInt8] = [], _ bad: [UInt8],
        delta: Int = 0
    ) -> HostileTorchFile {
        let archive = TorchBuilder.archive(pickle: before + bad, protocolVersion: version).build()
        return HostileTorchFile(
            "\(name) in protocol \(version)", rule, bytes: archive.bytes,
            offset: archive.data[0] + 2 + before.count + delta)
    }

    /// A file with a dict of one tensor, "w". The last byte of `tensor`, the call, breaks the rule.
    static func tensor(_ name: String, _ rule: InputRule, _ tensor: [UInt8]) -> HostileTorchFile {
        .pickle(
            name, rule, after: Pickle.emptyDict + Pickle.mark + Pickle.string("w"), tensor + Pickle.setItems,
            delta: tensor.count - 1)
    }

    /// A valid file whose entries are changed before it is built. `offset` is the one that the error must name.
    static func built(
        _ name: String, _ rule: InputRule, at offset: (ZipBuilder.Archive) -> Int, _ change: (inout ZipBuilder) -> Void
    ) -> HostileTorchFile {
        var builder = TorchBuilder.good
        change(&builder)
        let archive = builder.build()
        return HostileTorchFile(name, rule, bytes: archive.bytes, offset: offset(archive))
    }

    /// A valid file whose bytes are changed after it is built.
    static func patched(
        _ name: String, _ rule: InputRule, at offset: (ZipBuilder.Archive) -> Int,
        _ change: (inout ZipBuilder.Archive) -> Void
    ) -> HostileTorchFile {
        let good = TorchBuilder.good.build()
        var archive = good
        change(&archive)
        return HostileTorchFile(name, rule, bytes: archive.bytes, offset: offset(archive))
    }

    static let all = containers + archives + pickles + inertValues + tensors
}

/// For every rule of torch files there is a file that breaks it, and the error names the rule and the offset.
@Suite struct HostileTorchFileTests {
    @Test("ZP-33 to ZP-48, PK-49 to PK-66: the error names the rule and the offset", arguments: HostileTorchFile.all)
    func isRefused(_ file: HostileTorchFile) throws {
        let error = #expect(throws: InputError.self) { try Self.readAll(file.bytes) }
        #expect(error?.rule == file.rule, "\(String(describing: error))")
        #expect(error?.place.offset == file.offset, "\(String(describing: error))")
    }

    /// Reads a file and then its storages, like a conversion.
    private static func readAll(_ bytes: [UInt8]) throws(InputError) {
        let source = MemorySource(path: "hostile.pth", contents: bytes)
        for entry in try TorchFile(reading: source).storageEntries {
            try unsafe ZipContents(source: source, entry: entry).forEachPiece { _ in }
        }
    }

    @Test func everyRuleIsBroken() {
        let broken = Set(HostileTorchFile.all.map(\.rule))
        // `FileFormSample` has the first two, because they are recognized before a file is parsed. A key is not a property
        // of a file.
        let elsewhere: Set<InputRule> = [.legacyTorchFile, .torchScript, .stateDictionaryKey]
        for rule in InputRule.allCases where rule.rawValue.hasPrefix("ZP-") || rule.rawValue.hasPrefix("PK-") {
            #expect(broken.contains(rule) || elsewhere.contains(rule), "\(rule.rawValue)")
        }
        #expect(Set(HostileTorchFile.all.map(\.testDescription)).count == HostileTorchFile.all.count)
    }

    @Test func theUnbrokenFileIsRead() throws {
        let file = try TorchFile(
            reading: MemorySource(path: "good.pth", contents: TorchBuilder.good.build().bytes))
        #expect(file.tensors.map(\.name) == ["w"])
        #expect(file.leftOut.isEmpty)
    }

    /// A prefix of a valid file is an error, not a trap, at every length.
    @Test("ZP-33: every prefix of a torch file is refused") func everyTruncationIsRefused() throws {
        let bytes = TorchBuilder.good.build().bytes
        for count in 0..<bytes.count {
            #expect(throws: InputError.self, "\(count) bytes") {
                try TorchFile(reading: MemorySource(path: "cut.pth", contents: Array(bytes.prefix(count))))
            }
        }
    }

    /// A flipped bit is an error or has no effect on the tensors. It is never a trap.
    @Test("ZP-38: a flipped bit never changes a tensor") func flippedBitsNeverChangeTheTensor() throws {
        let bytes = TorchBuilder.good.build().bytes
        let expected = try TorchFile(reading: MemorySource(path: "good.pth", contents: bytes)).tensors
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            let tensors = try? TorchFile(reading: MemorySource(path: "flipped.pth", contents: flipped)).tensors
            #expect(tensors == nil || tensors == expected, "byte \(index)")
        }
    }
}

extension InputPlace {
    fileprivate var offset: Int? {
        switch self {
        case .byte(let offset): offset
        case .tensor(_, let offset): offset
        default: nil
        }
    }
}
