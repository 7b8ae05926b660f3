import SkipFiles
import TestSupport
import Testing

/// Replays the inputs that fuzzing found, and its seeds, without the fuzzer.
///
/// Add the input of a crash as `Tests/Fixtures/crashes/ENTRY/NAME`.
@Suite struct ReplayTests {
    private static let crashes = RepositoryPaths.fixture("crashes")
    private static let seeds = RepositoryPaths.root + "/FuzzTesting/Seeds"

    @Test(arguments: FuzzEntry.allCases) func keptInputsHaveNoBrokenProperty(_ entry: FuzzEntry) throws {
        let files = try Self.files(of: entry, in: Self.crashes)
        #expect(!files.isEmpty)
        for (name, bytes) in files {
            #expect(throws: Never.self, "\(entry.rawValue)/\(name)") { try entry.check(bytes) }
        }
    }

    /// A seed that is refused says that the entry tests nothing.
    @Test(arguments: FuzzEntry.allCases) func seedsAreAccepted(_ entry: FuzzEntry) throws {
        let files = try Self.files(of: entry, in: Self.seeds)
        #expect(!files.isEmpty)
        for (name, bytes) in files {
            let verdict = try entry.check(bytes)
            guard case .refused(let rule) = verdict else { continue }
            Issue.record("\(entry.rawValue)/\(name) is refused: \(rule)")
        }
    }

    /// Bits and bytes of the seeds are changed, so that the properties are also checked where no fuzzer is at hand.
    @Test(arguments: FuzzEntry.allCases) func mutatedSeedsHaveNoBrokenProperty(_ entry: FuzzEntry) throws {
        var random = SplitMix64(seed: 11)
        let files = try Self.files(of: entry, in: Self.seeds)
        for round in 0..<60 {
            var bytes = files[round % files.count].bytes
            for _ in 0...random.below(3) where !bytes.isEmpty {
                let position = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[position] ^= 1 << UInt8(random.below(8))
                case 1: bytes.remove(at: position)
                default: bytes.insert(bytes[random.below(bytes.count)], at: position)
                }
            }
            #expect(throws: Never.self, "\(entry.rawValue), round \(round): \(bytes)") { try entry.check(bytes) }
        }
    }

    private static func files(of entry: FuzzEntry, in directory: String) throws -> [(name: String, bytes: [UInt8])] {
        let path = directory + "/" + entry.rawValue
        return try DirectoryListing.names(in: path).sorted().map { name in
            let file = try InputFile(opening: path + "/" + name)
            return (name, try file.bytes(0..<file.byteCount))
        }
    }
}
