import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// Unusual forms of valid torch files.
@Suite struct TorchFileTests {
    private func read(_ builder: ZipBuilder) throws(InputError) -> TorchFile {
        try TorchFile(reading: MemorySource(path: "x.pth", contents: builder.build().bytes))
    }

    private func values(_ tensor: CheckpointTensor, of builder: ZipBuilder) -> [UInt8] {
        Array(builder.build().bytes[tensor.byteOffset..<tensor.byteOffset + tensor.byteCount])
    }

    @Test("ZP-47: data may be aligned in any way", arguments: [1, 4, 64, 4096])
    func dataMayBeAlignedInAnyWay(_ alignment: Int) throws {
        var builder = TorchBuilder.good
        builder.alignment = alignment
        let tensor = try #require(try read(builder).tensors.first)
        #expect(values(tensor, of: builder) == TorchBuilder.storage)
        #expect(alignment == 1 || tensor.byteOffset.isMultiple(of: alignment))
    }

    @Test func sizesMayBeInTheLocalHeaders() throws {
        var builder = TorchBuilder.good
        for index in builder.entries.indices { builder.entries[index].isPlain = true }
        let tensor = try #require(try read(builder).tensors.first)
        #expect(values(tensor, of: builder) == TorchBuilder.storage)
    }

    @Test func aCommentThatReachesTheEndIsAccepted() throws {
        var builder = TorchBuilder.good
        builder.comment = Array("made by hand".utf8)
        #expect(try read(builder).tensors.count == 1)
    }

    @Test("ZP-47: optional records may be missing") func optionalRecordsMayBeMissing() throws {
        var builder = TorchBuilder.good
        builder.entries.removeAll { entry in
            ["m/byteorder", "m/.format_version", "m/.storage_alignment", "m/.data/serialization_id"]
                .contains(String(decoding: entry.name, as: UTF8.self))
        }
        #expect(try read(builder).tensors.count == 1)
    }

    @Test("ZP-48: records that no tensor refers to are named") func namesRecordsThatNoTensorRefersTo() throws {
        var builder = TorchBuilder.good
        builder.entries += [.init("m/data/", ""), .init("m/data/7", "payload"), .init("m/extra", "payload")]
        let leftOut = try read(builder).leftOut
        #expect(leftOut.map(\.name) == ["m/data/7", "m/extra"])
        #expect(leftOut.allSatisfy { $0.reason == .unreferencedRecord })
    }

    @Test("PK-53: numbers of memos may be far apart") func memoNumbersMayBeFarApart() throws {
        let name = Pickle.string("w") + [0x72, 255, 255, 255, 255]
        let pickle = Pickle.emptyDict + Pickle.mark + name + Pickle.goodTensor + Pickle.setItems
        #expect(try read(TorchBuilder.archive(pickle: pickle)).tensors.map(\.name) == ["w"])
    }

    @Test func aMemoReturnsTheLastValueOfANumber() throws {
        var memo = PickleMemo()
        for (number, value) in [(1, 10), (0, 20), (1, 30), (7, 40), (2, 50), (7, 60)] {
            let hasRoom = memo.keep(.integer(value), under: number)
            #expect(hasRoom)
        }
        let values = [0, 1, 2, 3, 7].map { number -> Int? in
            if case .integer(let value) = memo[number] { value } else { nil }
        }
        #expect(values == [20, 30, 50, nil, 60])
    }

    @Test("PK-53: a memo of far numbers is bounded") func aMemoOfFarNumbersIsBounded() {
        var memo = PickleMemo()
        let kept = (0..<100_000).prefix { memo.keep(.none, under: 1_000_000 + $0 * 40_000) }
        #expect(kept.count == PickleMemo.otherLimit)
    }

    /// The composed and the decomposed "é" are different names.
    @Test func namesAreComparedByTheirBytes() throws {
        let pickle = Pickle.dict([("caf\u{E9}", Pickle.goodTensor), ("cafe\u{301}", Pickle.goodTensor)])
        #expect(try read(TorchBuilder.archive(pickle: pickle)).tensors.count == 2)
    }

    @Test(arguments: ["state_dict", "model_state_dict", "model", "module"])
    func aStateDictMayBeWrappedOnce(_ key: String) throws {
        let inner = Pickle.dict([("w", Pickle.goodTensor), ("epoch", Pickle.integer(3))])
        let pickle = Pickle.dict([("optimizer", Pickle.dict([("lr", Pickle.none)])), (key, inner)])
        let file = try read(TorchBuilder.archive(pickle: pickle))
        #expect(file.tensors.map(\.name) == ["w"])
        #expect(
            file.leftOut.map { "\($0.name) \($0.reason)" } == ["optimizer besideStateDictionary", "epoch notTensor"])
    }

    /// A loss or a random state beside the state dict is not a parameter: its name has no dot.
    @Test(arguments: ["model", "model_state_dict"]) func tensorsThatAreNoParametersMayStandBeside(_ key: String) throws
    {
        let inner = Pickle.dict([("layer.w", Pickle.goodTensor)])
        let pickle = Pickle.dict([("loss", Pickle.goodTensor), (key, inner), ("rng_state", Pickle.goodTensor)])
        let file = try read(TorchBuilder.archive(pickle: pickle))
        #expect(file.tensors.map(\.name) == ["layer.w"])
        #expect(
            file.leftOut.map { "\($0.name) \($0.reason)" }
                == ["loss besideStateDictionary", "rng_state besideStateDictionary"])
    }

    /// `SHORT_BINSTRING` (Python 2), LONG1 of fewer bytes, and BININT (small numbers).
    @Test func readsEveryFormOfNumbersAndStrings() throws {
        let storage =
            Pickle.mark + [0x55, 7] + Array("storage".utf8) + Pickle.global("torch", "FloatStorage") + [0x55, 1, 0x30]
            + [0x55, 3] + Array("cpu".utf8) + [0x8A, 1, 6] + Pickle.tuple + Pickle.persistentID
        let size: [UInt8] = [0x4A, 2, 0, 0, 0, 0x4D, 3, 0, 0x86]
        let strides: [UInt8] = [0x4B, 3, 0x8A, 2, 1, 0, 0x86]
        let tensor =
            Pickle.global("torch._utils", "_rebuild_tensor") + Pickle.mark + storage + [0x8A, 0] + size + strides
            + Pickle.tuple + Pickle.reduce
        let tensors = try read(TorchBuilder.archive(pickle: Pickle.dict([("w", tensor)]))).tensors
        #expect(tensors.map(\.shape.dimensions) == [[2, 3]])
        #expect(tensors.first?.strides == nil)
    }

    @Test func aStorageMayBeOfBytesWithTheTypeBeside() throws {
        let storage =
            Pickle.mark + Pickle.string("storage") + Pickle.global("torch.storage", "UntypedStorage")
            + Pickle.string("0") + Pickle.string("cpu") + Pickle.integer(24) + Pickle.tuple + Pickle.persistentID
        let tensor =
            Pickle.global("torch._utils", "_rebuild_tensor_v3") + Pickle.mark + storage + Pickle.integer(1)
            + Pickle.integers([2, 2]) + Pickle.integers([1, 3]) + Pickle.no + Pickle.orderedDict
            + Pickle.global("torch", "float32") + Pickle.tuple + Pickle.reduce
        let file = try read(TorchBuilder.archive(pickle: Pickle.dict([("w", tensor)])))
        #expect(file.tensors.map(\.storedType) == [.float32])
        #expect(file.tensors.map(\.strides) == [[1, 3]])
    }

    @Test("PK-65: parameters are read, and their state is left out") func aDictOfTensorsIsReadThroughItsParameters()
        throws
    {
        func parameter(_ function: String, _ state: [UInt8]) -> [UInt8] {
            Pickle.global("torch._utils", function) + Pickle.mark + Pickle.goodTensor + Pickle.yes + Pickle.orderedDict
                + state + Pickle.tuple + Pickle.reduce
        }
        let pickle = Pickle.dict([
            ("a", parameter("_rebuild_parameter", [])),
            ("b", parameter("_rebuild_parameter_with_state", Pickle.emptyDict)),
        ])
        let file = try read(TorchBuilder.archive(pickle: pickle))
        #expect(file.tensors.map(\.name) == ["a", "b"])
        #expect(file.leftOut.map { "\($0.name) \($0.reason)" } == ["b parameterState"])
    }

    @Test func shapesOfOneElementOrNoneAreContiguous() throws {
        let storage = Pickle.storage(count: 6)
        let pickle = Pickle.dict([
            ("one", Pickle.tensor(storage: storage, offset: 5, size: [1, 1], strides: [999, 17])),
            ("none", Pickle.tensor(storage: storage, offset: 6, size: [4, 0], strides: [1, 1])),
            ("scalar", Pickle.tensor(storage: storage, offset: 2, size: [], strides: [])),
        ])
        let tensors = try read(TorchBuilder.archive(pickle: pickle)).tensors
        #expect(tensors.allSatisfy { $0.strides == nil })
        #expect(tensors.map(\.shape.elementCount) == [1, 0, 1])
    }

    @Test func onlyStoragesOfTheStateDictAreChecked() throws {
        let inner = Pickle.dict([("w", Pickle.goodTensor)])
        let other = Pickle.dict([("m", Pickle.tensor(storage: Pickle.storage("1", count: 1), size: [1], strides: [1]))])
        let pickle = Pickle.dict([("model", inner), ("optimizer", other)])
        let file = try read(TorchBuilder.archive(pickle: pickle, storages: [TorchBuilder.storage, [1, 2, 3, 4]]))
        #expect(file.storageEntries.map(\.name) == ["m/data/0"])
        #expect(file.leftOut.map(\.name) == ["optimizer"])
    }
}
