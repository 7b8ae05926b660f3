import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

/// What torch files hold beside a state dict, and which dict is the state dict.
@Suite struct TrainingCheckpointTests {
    private typealias P = Pickle

    private static func read(
        _ pickle: [UInt8], protocolVersion: UInt8 = 2, _ selection: StateDictionarySelection = .only
    ) throws(InputError) -> TorchFile {
        let archive = TorchBuilder.archive(pickle: pickle, protocolVersion: protocolVersion).build()
        return try TorchFile(reading: MemorySource(path: "x.pth", contents: archive.bytes), stateDictionary: selection)
    }

    // MARK: Inert values

    private static let bytes =
        P.global("_codecs", "encode") + P.string("\u{0}\u{FF}") + P.string("latin1") + [0x86] + P.reduce
    private static let type =
        P.global("numpy", "dtype") + P.string("f4") + P.no + P.yes + [0x87] + P.reduce
        + P.mark + P.integer(3) + P.string("<") + P.none + P.none + P.none + P.integer(-1) + P.integer(-1)
        + P.integer(0)
        + P.tuple + P.build
    private static let list = P.emptyList + P.mark + P.integer(1) + P.string("a") + [0x65]

    /// Values as Python pickles them in protocol 2.
    private static let values: [(String, [UInt8])] = [
        (
            "Namespace",
            P.global("argparse", "Namespace") + P.emptyTuple + P.newObject + P.dict([("lr", P.none)]) + P.build
        ),
        (
            "SimpleNamespace",
            P.global("types", "SimpleNamespace") + P.emptyTuple + P.reduce + P.dict([("a", list)]) + P.build
        ),
        ("set", P.global("__builtin__", "set") + list + [0x85] + P.reduce),
        ("frozenset", P.global("__builtin__", "frozenset") + list + [0x85] + P.reduce),
        (
            "defaultdict",
            P.global("collections", "defaultdict") + P.global("__builtin__", "list") + [0x85] + P.reduce + P.integer(1)
                + list + P.setItem
        ),
        ("Counter", P.global("collections", "Counter") + P.dict([("a", P.integer(2))]) + [0x85] + P.reduce),
        (
            "deque",
            P.global("collections", "deque") + P.emptyTuple + P.integer(9) + [0x86] + P.reduce + P.none + P.append
        ),
        ("bytes", bytes),
        (
            "array",
            P.global("numpy._core.multiarray", "_reconstruct") + P.global("numpy", "ndarray") + P.integers([0]) + bytes
                + [0x87] + P.reduce + P.mark + P.integer(1) + P.integers([3]) + type + P.no + bytes + P.tuple + P.build
        ),
        ("scalar", P.global("numpy.core.multiarray", "scalar") + type + bytes + [0x86] + P.reduce),
        ("path", P.global("pathlib", "PosixPath") + P.string("/") + P.string("a") + [0x86] + P.reduce),
        ("date", P.global("datetime", "datetime") + bytes + [0x85] + P.reduce),
        ("complex", P.global("__builtin__", "complex") + P.integer(1) + P.integer(2) + [0x86] + P.reduce),
        ("version", P.global("torch.torch_version", "TorchVersion") + P.string("2.9") + [0x85] + P.newObject),
        ("long", [0x8A, 200] + [UInt8](repeating: 7, count: 200)),
        ("long4", [0x8B, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("keys", P.emptyDict + P.mark + P.integers([0, 1]) + P.none + P.none + P.yes + P.no + P.none + P.setItems),
        ("tensors", P.emptyList + P.goodTensor + P.append),
        ("optimizer", P.emptyDict + P.integer(0) + P.dict([("exp.avg", P.goodTensor)]) + P.setItem),
        (
            "itself",
            P.global("argparse", "Namespace") + P.emptyTuple + P.newObject + [0x71, 9] + P.emptyDict + P.string("me")
                + [0x68, 9] + P.setItem + P.build
        ),
    ]

    @Test("PK-64: values beside the state dict are inert", arguments: values) func valuesBesideTheStateDictAreInert(
        _ name: String, _ value: [UInt8]
    ) throws {
        let model = P.dict([("layer.w", P.goodTensor), ("inside", value)])
        let file = try Self.read(P.dict([(name, value), ("model", model)]))
        #expect(file.tensors.map(\.name) == ["layer.w"])
        let expected = ["\(name) besideStateDictionary", "inside notTensor"]
        #expect(file.leftOut.map { "\($0.name) \($0.reason)" } == expected)
    }

    @Test("PK-57: protocols 2 to 5 are read") func readsTheOperationsOfNewerProtocols() throws {
        let namespace =
            P.shortString("argparse") + P.shortString("Namespace") + P.stackGlobal + P.memoize
            + P.emptyTuple + P.newObject + P.memoize + P.emptyDict + P.build
        let set = P.emptySet + P.memoize + P.mark + P.none + P.integer(1) + P.addItems
        let frozen = P.mark + P.shortString("a") + P.frozenSet
        let frames =
            P.frame(P.emptyDict + P.memoize + P.mark + P.shortString("args") + namespace)
            + [0x8D, 3, 0, 0, 0, 0, 0, 0, 0] + Array("set".utf8)
            + P.frame(set + P.shortString("frozen") + frozen + P.shortString("bytes") + [0x43, 2, 0, 255])
            + P.frame(P.shortString("again") + [0x68, 2] + P.shortString("layer.w") + P.goodTensor + P.setItems)
        let file = try Self.read(frames, protocolVersion: 4)
        #expect(file.tensors.map(\.name) == ["layer.w"])
        #expect(file.leftOut.map(\.name) == ["args", "set", "frozen", "bytes", "again"])
        let array = P.dict([("layer.w", P.goodTensor), ("a", [0x96, 1, 0, 0, 0, 0, 0, 0, 0, 5])])
        #expect(try Self.read(array, protocolVersion: 5).tensors.count == 1)
        let old = P.dict([("layer.w", P.goodTensor), ("b", [0x42, 1, 0, 0, 0, 5])])
        #expect(try Self.read(old, protocolVersion: 3).tensors.count == 1)
    }

    /// Keys that are no strings are never equal to one, in small dicts and in large ones.
    @Test(arguments: [3, 40]) func keysOfOtherTypesDoNotHideDuplicates(_ count: Int) throws {
        var others: [UInt8] = []
        for index in 0..<count { others += P.integers([index]) + P.none }
        let pickle = P.emptyDict + P.mark + others + P.string("layer.w") + P.goodTensor + P.setItems
        #expect(try Self.read(pickle).tensors.map(\.name) == ["layer.w"])
        let twice = pickle + P.string("layer.w") + P.goodTensor + P.setItem
        #expect(throws: InputError.self) { try Self.read(twice) }
    }

    // MARK: Which dict

    private static let parameters = P.dict([("a.weight", P.goodTensor), ("b.weight", P.goodTensor)])
    private static let other = P.dict([("a.weight", P.goodTensor)])

    /// A file, the key that is given, and the names of what is left out or the contents of the error.
    private static let choices: [(pickle: [UInt8], key: String?, leftOut: [ByteString]?, error: String)] = [
        (P.dict([("net_g", parameters), ("epoch", P.none)]), nil, ["epoch"], ""),
        (
            P.dict([("checkpoint", P.dict([("model", parameters), ("step", P.none)])), ("epoch", P.none)]), nil,
            ["epoch", "checkpoint.step"], ""
        ),
        (P.dict([("loss", P.goodTensor), ("net_g", parameters)]), nil, ["loss"], ""),
        (
            P.dict([("model", parameters), ("optimizer_states", P.dict([("exp_avg", other)]))]), nil,
            ["optimizer_states"], ""
        ),
        (P.dict([("module", parameters), ("frozen_param_fragments", other)]), nil, ["frozen_param_fragments"], ""),
        (P.dict([("model", parameters), ("ema", P.dict([("decay", P.goodTensor)]))]), nil, ["ema"], ""),
        (P.dict([("model", parameters), ("ema", other)]), nil, nil, "\"model\" (2 tensors), \"ema\" (1 tensor)"),
        (P.dict([("model", parameters), ("ema", other)]), "model", ["ema"], ""),
        (P.dict([("a", P.dict([("b", P.dict([("c", parameters)]))])), ("ema", other)]), "a.b.c", ["ema"], ""),
        (P.dict([("a", P.dict([("b", P.dict([("c", P.dict([("d", parameters)]))]))]))]), nil, nil, "without tensors"),
        (P.dict([("model", parameters), ("ema", other)]), "emma", nil, "\"ema\" (1 tensor)"),
        (
            P.dict([("x.w", P.goodTensor), ("y.w", P.goodTensor), ("ema", other)]), nil, nil,
            "\".\" (2 tensors), \"ema\""
        ),
        (P.dict([("x.w", P.goodTensor), ("y.w", P.goodTensor), ("ema", other)]), ".", ["ema"], ""),
        (P.dict([("a.weight", P.goodTensor), ("b.weight", P.goodTensor)]), ".", nil, "only one state dict"),
        (
            P.dict([("x.w", P.goodTensor), ("y.w", P.goodTensor), ("optim", other)]), nil, ["optim"], ""
        ),
        (P.dict([("a.weight", P.goodTensor)]), "model", nil, "\".\" (1 tensor)"),
        (P.dict([("state", P.emptyDict), ("param_groups", P.emptyList)]), nil, nil, "the state of an optimizer"),
        (
            P.dict([("shadow_params", P.emptyList + P.goodTensor + P.append)]), nil, nil,
            "a list of tensors without names"
        ),
        (P.emptyList + P.mark + P.goodTensor + P.goodTensor + [0x65], nil, nil, "a list of 2 tensors without names"),
    ]

    @Test(arguments: choices.indices) func findsTheStateDict(_ index: Int) throws {
        let (pickle, key, leftOut, message) = Self.choices[index]
        let selection = key.map { StateDictionarySelection.key(ByteString($0)) } ?? .only
        guard let leftOut else {
            let error = #expect(throws: InputError.self) { try Self.read(pickle, selection) }
            #expect(error?.rule == (key == nil ? .stateDictionary : .stateDictionaryKey))
            let text = "\(error?.found ?? "") \(error?.required ?? "")"
            #expect(text.contains(message), "\(text)")
            return
        }
        let file = try Self.read(pickle, selection)
        #expect(file.tensors.count == 2)
        #expect(file.leftOut.map(\.name) == leftOut)
        #expect(file.choices.isEmpty)
    }

    @Test func listsTheChoicesForInspection() throws {
        let pickle = P.dict([("model", Self.parameters), ("ema", Self.other)])
        let file = try Self.read(pickle, .onlyOrNone)
        #expect(file.tensors.isEmpty)
        #expect(file.choices.map(\.description) == ["\"model\" (2 tensors)", "\"ema\" (1 tensor)"])
    }

    /// Dicts that are shared at every level are visited once, not once for each path.
    @Test("PK-54: dicts that are shared many times are searched once") func sharedDictsAreSearchedOnce() throws {
        func level(_ number: UInt8, of below: [UInt8]) -> [UInt8] {
            var shared: [UInt8] = []
            for index in 0..<2_000 { shared += P.string("k\(index)") + [0x68, number - 1] }
            return P.emptyDict + P.string("first") + below + P.setItem + P.mark + shared + P.setItems + [0x71, number]
        }
        let leaf = Self.parameters + [0x71, 0]
        let file = try Self.read(level(3, of: level(2, of: level(1, of: leaf))))
        #expect(file.tensors.count == 2)
    }
}
