import SkipModel
import TestSupport
import Testing

@testable import SkipCompiler
@testable import SkipConvert
@testable import SkipFiles

/// Files that torch wrote (`Scripts/make_torch_fixtures.py`), each with the same tensors as safetensors.
@Suite struct TorchFixtureTests {
    private static let directory = RepositoryPaths.fixture("torch")

    /// The elements of a tensor, row-major. Floats are read in blocks of rows, like in a conversion.
    private func bytes(of name: ByteString, in checkpoint: Checkpoint, rowsPerBlock: Int) throws -> [UInt8] {
        let located = try #require(checkpoint[name])
        let tensor = located.tensor
        guard let elementType = tensor.storedType.elementType else {
            #expect(tensor.strides == nil)
            return try checkpoint.files[located.fileIndex].bytes(
                tensor.byteOffset..<tensor.byteOffset + tensor.byteCount)
        }
        var evaluator = PlanEvaluator(PlanSources(files: checkpoint.files))
        let plan = checkpoint.plan(for: located, elementType: elementType, sourceIndexBase: 0)
        var bytes: [UInt8] = []
        for first in stride(from: 0, to: tensor.shape.rowCount, by: rowsPerBlock) {
            let rows = first..<min(first + rowsPerBlock, tensor.shape.rowCount)
            bytes += try evaluator.bytes(ofRows: rows, of: plan)
        }
        return bytes
    }

    @Test(
        "PK-61: views have the values that torch reads",
        arguments: [
            ("plain.pth", "plain"), ("types.bin", "types"), ("views.pth", "views"), ("shared.pt", "shared"),
            ("parameters.pth", "parameters"), ("views-deflated.pth", "views"), ("training.pth", "training"),
            ("training-4.ckpt", "training"),
        ])
    func holdsWhatTorchReads(_ file: String, _ expected: String) throws {
        let checkpoint = try Checkpoint(file: Self.directory + "/" + file)
        let reference = try Checkpoint(file: Self.directory + "/" + expected + ".safetensors")
        #expect(checkpoint.names == reference.names)
        for name in reference.names {
            #expect(checkpoint[name]?.tensor.shape == reference[name]?.tensor.shape, "\(name)")
            #expect(checkpoint[name]?.tensor.storedType == reference[name]?.tensor.storedType, "\(name)")
            for rowsPerBlock in [1, 2, 5, 1000] {
                let actual = try bytes(of: name, in: checkpoint, rowsPerBlock: rowsPerBlock)
                #expect(actual == (try bytes(of: name, in: reference, rowsPerBlock: 1000)), "\(name)")
            }
        }
    }

    @Test func namesTheOtherEntriesOfATrainingCheckpoint() throws {
        let leftOut = try Checkpoint(file: Self.directory + "/parameters.pth").leftOut
        #expect(
            leftOut.map { "\($0.name): \($0.reason)" }.sorted() == [
                "b.weight: parameterState", "device: besideStateDictionary", "epoch: besideStateDictionary",
                "note: notTensor", "optimizer: besideStateDictionary", "size: besideStateDictionary", "step: notTensor",
            ])
    }

    @Test("PK-62: tensors that share a storage are read from one place") func tiedTensorsAreReadFromOnePlace() throws {
        let checkpoint = try Checkpoint(file: Self.directory + "/shared.pt")
        #expect(checkpoint["embed.weight"]?.tensor.byteOffset == checkpoint["head.weight"]?.tensor.byteOffset)
        let fused = try #require(checkpoint["q.weight"]?.tensor)
        #expect(checkpoint["k.weight"]?.tensor.byteOffset == fused.byteOffset + 8 * 4 * 4)
    }

    @Test func routersMayComeFromATorchFile() throws {
        let directory = RepositoryPaths.fixture("llama-linear-f32")
        let result = try FrontEnd(modelDirectory: directory, routerPath: Self.directory + "/routers.pth").read()
        try result.graph.verify(.imported)
        let routed = LayerConfiguration(attentionRouter: .linear, mlpRouter: .linear)
        #expect(result.graph.configuration.layers == [LayerConfiguration(), routed, LayerConfiguration()])
        #expect(result.leftOut.isEmpty)
    }

    @Test("PK-67: the format before PyTorch 1.6 is refused with its name") func theOldFormatIsRefusedWithItsName()
        throws
    {
        let error = #expect(throws: InputError.self) { try Checkpoint(file: Self.directory + "/legacy.pth") }
        #expect(error?.rule == .legacyTorchFile)
        #expect(error?.rule.family == .unsupported)
    }

    @Test func theExtensionDecidesHowAFileIsRead() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let safetensors = TinyCheckpoint().model.file
        try directory.write(safetensors, to: "model.bin")
        #expect(throws: InputError.self) { try Checkpoint(file: directory.file("model.bin")) }
        try directory.write(safetensors, to: "model.ckpt")
        let error = #expect(throws: InputError.self) { try Checkpoint(file: directory.file("model.ckpt")) }
        #expect(error?.rule == .fileNameMismatch)
        try directory.write([0xFF, 0xFE, 0xFD], to: "model.weights")
        let unknown = #expect(throws: InputError.self) { try Checkpoint(file: directory.file("model.weights")) }
        #expect(unknown?.rule == .unknownFileKind)
    }
}

extension PlanEvaluator {
    /// Rows of a plan, in an array.
    mutating func bytes(ofRows rows: Range<Int>, of plan: TensorPlan) throws(InputError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: rows.count * plan.shape.columnCount * plan.elementType.byteCount)
        var failure: InputError?
        unsafe output.withUnsafeMutableBytes { buffer in
            do throws(InputError) { try unsafe self.rows(rows, of: plan, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return output
    }
}
