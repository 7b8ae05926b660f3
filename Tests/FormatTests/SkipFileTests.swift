import Glibc
import SkipModel
import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipFormat

@Suite struct SkipFileTests {
    private func opened(_ layout: FileLayout) throws -> SkipFile {
        try SkipFile(validating: MappedFile(contents: try TinyModel.bytes(layout)))
    }

    @Test func givesBackWhatWasLaidOut() throws {
        try TemporaryDirectory.with { directory in
            let path = directory + "/tiny.skipgpt"
            let layout = try TinyModel.layout()
            try TinyModel.write(layout, to: path)
            let file = try SkipFile(opening: path)
            #expect(file.configuration == TinyModel.configuration)
            #expect(file.tensors == layout.tensors)
            #expect(file.sections.map(\.id) == layout.sections.map(\.id))
            #expect(file.provenance.map(\.key) == TinyModel.provenance.map(\.key).sorted())
            #expect(unsafe file.tokenizerTable.map { unsafe Array($0) } == Array(0..<77))
            #expect(file.verify(threadCount: 3) == [])
            #expect(file.file.path == path)
        }
    }

    @Test func findsEveryTensorAndNoOther() throws {
        let file = try opened(try TinyModel.layout())
        for tensor in file.tensors {
            #expect(file.tensor(tensor.id) == tensor)
            let address = unsafe Int(bitPattern: file.bytes(of: tensor).baseAddress)
            #expect(address % FormatLimits.tensorAlignment == 0)
            #expect(file.section(tensor.id.extent)?.byteRange.contains(tensor.byteOffset) == true)
        }
        #expect(file.tensor(TensorID(.keyBias, layer: 0)) == nil)
        #expect(file.tensor(TensorID(.queryProjection, layer: 2)) == nil)
        #expect(file.tensor(TensorID(.queryProjection)) == nil)
        #expect(unsafe file.bytes(of: ExtentID(.mlp, layer: 2)) == nil)
        #expect(
            unsafe file.bytes(of: ExtentID(.mlp, layer: 1))?.count == file.section(ExtentID(.mlp, layer: 1))?.byteCount)
    }

    /// A missing part has no section: a tied head, routers, a tokenizer, provenance.
    @Test func leavesOutWhatIsEmpty() throws {
        var configuration = TinyModel.configuration
        configuration.tiesWordEmbeddings = true
        configuration.layers = [LayerConfiguration(), LayerConfiguration()]
        let graph = TinyModel.graph(configuration, provenance: [])
        let file = try opened(try TinyModel.layout(graph, tokenizerTable: nil))
        #expect(file.sections.map(\.id.kind.rawValue) == [1, 4, 256, 258, 512, 513, 514, 512, 513, 514])
        #expect(file.provenance == [])
        #expect(unsafe file.tokenizerTable == nil)
        #expect(file.verify() == [])
    }

    @Test(arguments: 12...16) func weightsAreAligned(alignmentLog2: Int) throws {
        let file = try opened(try TinyModel.layout(alignmentLog2: alignmentLog2))
        #expect(file.header.alignmentLog2 == alignmentLog2)
        for section in file.sections where !section.id.kind.isMetadata {
            #expect(section.byteOffset % (1 << alignmentLog2) == 0)
        }
        #expect(file.file.byteCount % (1 << alignmentLog2) == 0)
    }

    /// In files of a later minor version, unknown sections that are not critical are skipped, but their places are
    /// checked.
    @Test("SK-113: a later minor version may hold more") func aLaterMinorVersionMayHoldMore() throws {
        let layout = try FileLayout(
            graph: TinyModel.graph(), tokenizerTable: [1], alignmentLog2: 12, minorVersion: 7,
            otherSections: [9: [1, 2, 3], 200: [4]])
        let bytes = try TinyModel.bytes(layout)
        let file = try SkipFile(validating: MappedFile(contents: bytes))
        #expect(file.header.minorVersion == 7)
        #expect(file.sections.map(\.id.kind).contains(.other(9)))
        #expect(file.verify() == [])

        var mutant = Mutant(layout, bytes: bytes)
        mutant.set(UInt64(0x8001), at: FileHeader.Offset.compatibleFeatures)
        mutant.seal(.root)
        #expect(mutant.brokenRules == [])
        mutant.set(UInt8(77), at: mutant.start(.other(9)))
        #expect(mutant.brokenRules == [.metadataHash])
    }

    @Test func verifyNamesAllDamageInOrder() throws {
        let layout = try TinyModel.layout()
        var mutant = Mutant(layout, bytes: try TinyModel.bytes(layout))
        let damaged = [TensorID(.tokenEmbedding), TensorID(.queryProjection, layer: 1)]
        for id in damaged.reversed() {
            let tensor = layout.tensors.first { $0.id == id }
            mutant.bytes[try #require(tensor).byteOffset] ^= 1
        }
        let file = try SkipFile(validating: MappedFile(contents: mutant.bytes))
        for threadCount in [1, 2, 5] {
            let subjects = file.verify(threadCount: threadCount).map { error -> RuleSubject? in
                if case .broken(let violation) = error { violation.subject } else { nil }
            }
            #expect(subjects == damaged.map { .tensor($0) })
        }
    }

    @Test("SK-107: only regular files are opened") func onlyRegularFilesAreOpened() throws {
        try TemporaryDirectory.with { directory in
            _ = unsafe mkfifo(directory + "/fifo", 0o600)
            for path in [directory, "/dev/zero", "/dev/null", directory + "/fifo"] {
                let error = #expect(throws: FormatError.self) { try SkipFile(opening: path) }
                #expect(error?.rule == .regularFile, "\(path)")
            }
            let error = #expect(throws: FormatError.self) { try SkipFile(opening: directory + "/none") }
            guard case .system(let failure) = error else {
                Issue.record("not a system failure")
                return
            }
            #expect(failure.operation == .open && failure.code == ENOENT && failure.path == directory + "/none")
        }
    }

    @Test("SK-107: an empty file is too short") func anEmptyFileIsTooShort() throws {
        try TemporaryDirectory.with { directory in
            let descriptor = unsafe open(directory + "/empty", O_CREAT | O_WRONLY, 0o600)
            close(descriptor)
            let error = #expect(throws: FormatError.self) { try SkipFile(opening: directory + "/empty") }
            #expect(error?.rule == .headerPresent)
        }
    }
}
