import Foundation
import SkipModel
import TestSupport
import Testing

@testable import SkipFiles
@testable import SkipFormat
@testable import SkipRuntime

/// Models in files.
@Suite struct OpeningTests {
    private static let tokens: [UInt32] = [3, 80, 17, 0, 42]

    @Test("A model from a file computes the same bits as from memory", arguments: ModelVariant.all)
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

    @Test("Files that are none are errors")
    func noFile() throws {
        let directory = try TemporaryDirectory()
        try directory.write([UInt8](repeating: 7, count: 5000), to: "noise")
        for name in ["missing", "noise"] {
            #expect { try RoutedModel(opening: directory.file(name)) } throws: { error in
                if case .format = error as? RuntimeError { true } else { false }
            }
        }
    }

    @Test("Instruction sets are found by name; names that do not fit are errors")
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

extension TestModel {
    /// Writes the model as a `.skipgpt` file, with hashes that nothing here looks at.
    func write(to path: String) throws {
        if values.isEmpty { _ = try opened(with: .scalar) }
        let ids = values.keys.sorted()
        let tensors = ids.map { id in
            let shape = configuration.shape(of: id) ?? .vector(0)
            let storage = storage(of: id)
            let source = SourceTensor(
                sourceIndex: 0, name: ByteString("\(id)"),
                elementType: storage.elementType == .int8 ? .float32 : storage.elementType, shape: shape, byteOffset: 0)
            let stored = TensorPlan.stored(source)
            return GraphTensor(
                id: id,
                plan: storage.elementType == .int8 ? .quantized(stored, groupSize: storage.groupSize) : stored)
        }
        let graph = ModelGraph(
            configuration: configuration, sources: [SourceRecord(name: "test", byteCount: 1)], tensors: tensors)
        let layout = try FileLayout(graph: graph, tokenizerTable: nil)
        let rows = Rows(tensors: tensors.map { encoded($0.id) }, storages: tensors.map(\.plan.storage))
        try FileWriter(layout: layout).write(rows: rows, to: path)
    }

    private func storage(of id: TensorID) -> TensorStorage {
        if id.role.isVector { return TensorStorage(.float32) }
        return variant.storage(of: id.role, columnCount: configuration.shape(of: id)?.columnCount ?? 0)
    }

    /// A tensor's bytes.
    private func encoded(_ id: TensorID) -> [UInt8] {
        if let records = records[id] { return records }
        let floats = values[id] ?? []
        return switch storage(of: id).elementType {
        case .float16: floats.flatMap { bytes(Float16($0).bitPattern) }
        case .bfloat16: floats.flatMap { bytes(UInt16($0.bitPattern >> 16)) }
        default: floats.flatMap { bytes($0.bitPattern) }
        }
    }

    private func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        (0..<MemoryLayout<Integer>.size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private struct Rows: TensorRowSource {
        let tensors: [[UInt8]]
        let storages: [TensorStorage]

        func makeReader() -> Reader { Reader(tensors: tensors, storages: storages) }

        struct Reader: TensorRowReader {
            let tensors: [[UInt8]]
            let storages: [TensorStorage]

            func readRows(
                _ rows: Range<Int>, ofTensorAt index: Int, into destination: UnsafeMutableRawBufferPointer
            ) {
                // Rows lie one after the other, or records of rows, so that their first byte follows from the length of
                // what is asked for.
                let count = storages[index].recordCount(rowCount: rows.count)
                let start = rows.lowerBound / storages[index].recordRowCount * (destination.count / count)
                unsafe destination.copyBytes(from: tensors[index][start..<start + destination.count])
            }
        }
    }
}
