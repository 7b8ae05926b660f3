import Foundation
import SkipModel
import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipFormat
@testable import SkipRuntime

/// Tests models that are opened from files.
@Suite struct OpeningTests {
    private static let tokens: [UInt32] = [3, 80, 17, 0, 42]

    @Test("A model from a file computes the same bits as the model in memory", arguments: ModelVariant.all)
    func sameBits(_ variant: ModelVariant) throws {
        let test = TestModel(variant)
        let inMemory = try test.opened(with: .best)
        let directory = try TemporaryDirectory()
        try test.write(to: directory.file("model.skipgpt"))
        let opened = try RoutedModel(opening: directory.file("model.skipgpt"))
        for feed in Feed.allCases {
            let (found, expected) = (try Run(opened, Self.tokens, feed), try Run(inMemory, Self.tokens, feed))
            #expect(found.logits == expected.logits)
            #expect(found.recorder.routerLogits == expected.recorder.routerLogits)
        }
        #expect(!opened.hasTokenizer)
        #expect(throws: RuntimeError.noTokenizer) { _ = try opened.tokenizer() }
    }

    @Test("Files that are missing or of another format are errors")
    func noFile() throws {
        let directory = try TemporaryDirectory()
        try directory.write([UInt8](repeating: 7, count: 5000), to: "noise")
        for name in ["missing", "noise"] {
            #expect { try RoutedModel(opening: directory.file(name)) } throws: { error in
                if case .format = error as? RuntimeError { true } else { false }
            }
        }
    }

    @Test("Instruction sets are found by name; unknown and unavailable names are errors")
    func namedInstructionSets() throws {
        for instructionSet in InstructionSet.allCases {
            if instructionSet.isAvailable {
                #expect(try InstructionSet.named(instructionSet.name) == instructionSet)
            } else {
                #expect(throws: RuntimeError.unavailableInstructionSet(name: instructionSet.name)) {
                    try InstructionSet.named(instructionSet.name)
                }
            }
        }
        #expect(throws: RuntimeError.unknownInstructionSet(name: "quantum")) { try InstructionSet.named("quantum") }
        #expect(InstructionSet.best == InstructionSet.allCases.last(where: \.isAvailable))
    }

    @Test("A file that is truncated while in use ends the process with a message and exit code 4")
    func truncation() async throws {
        let result = try await #require(
            processExitsWith: .exitCode(4), observing: [\.standardErrorContent]
        ) {
            let directory = try TemporaryDirectory()
            let path = directory.file("model.skipgpt")
            try TestModel(ModelVariant("truncated")).write(to: path)
            MappingFaults.install(MappingFaults.Report(prefix: "test: ", suffix: ": truncated", exitCode: 4))
            let model = try RoutedModel(opening: path)
            let session = try Session(model)
            unsafe truncate(path, 4096)
            try session.prefill([1, 2, 3])
        }
        let message = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(message.hasPrefix("test: "))
        #expect(message.contains("model.skipgpt: offset ") && message.hasSuffix(": truncated"))
    }
}
