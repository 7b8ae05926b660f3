import TestSupport

@testable import SkipFiles

extension HostileTorchFile {
    private typealias P = Pickle

    /// Inert values with other arguments or contents, names beside the listed ones, and the operations of newer
    /// protocols.
    static let inertValues: [HostileTorchFile] = names + calls + contents + protocols

    private static let names: [HostileTorchFile] =
        [
            ("builtins", "getattr"), ("builtins", "__import__"), ("__builtin__", "print"), ("functools", "partial"),
            ("copyreg", "_reconstructor"), ("copy_reg", "_reconstructor"), ("operator", "attrgetter"),
            ("types", "FunctionType"), ("types", "CodeType"), ("collections", "namedtuple"), ("_codecs", "decode"),
            ("numpy", "fromfile"), ("numpy.core.multiarray", "fromfile"), ("argparse", "ArgumentParser"),
            ("pathlib", "Path.unlink"), ("datetime", "sys"), ("__main__", "main"), ("torch.nn.functional", "relu"),
            ("torch.nn", "torch.os.system"), ("modelling", "Net"), ("runpy", "run_module"), ("pickle", "loads"),
        ].map { module, name in
            .pickle("\(module) \(name)", .pickleGlobal, after: P.emptyList, P.global(module, name))
        }
        + [
            ("__main__", "Model"), ("torch.nn.modules.linear", "Linear"), ("torch.optim.adamw", "AdamW"),
            ("transformers.models.llama.modeling_llama", "LlamaForCausalLM"),
        ].map { module, name in
            .pickle("\(module) \(name)", .pickledObject, P.global(module, name) + P.emptyTuple + P.newObject)
        }

    private static let calls: [HostileTorchFile] = [
        .pickle(
            "Namespace(1)", .pickleOpcode, after: P.global("argparse", "Namespace") + P.integers([1]), P.newObject),
        .pickle(
            "an instance of a function", .pickleOpcode, after: P.global("_codecs", "encode") + twoStrings, P.newObject),
        .pickle("an instance of Size", .pickleOpcode, after: P.global("torch", "Size") + P.emptyTuple, P.newObject),
        .pickle("an instance of a string", .pickleOpcode, after: P.string("set") + P.emptyTuple, P.newObject),
        .pickle(
            "an instance from a list", .pickleOpcode, after: P.global("argparse", "Namespace") + P.emptyList,
            P.newObject),
        .pickle("an instance of nothing", .pickleStack, after: P.emptyTuple, P.newObject),
        .pickle("encode of one string", .pickleOpcode, after: P.global("_codecs", "encode") + oneString, P.reduce),
        .pickle(
            "a factory that is a number", .pickleOpcode,
            after: P.global("collections", "defaultdict") + P.integers([1]),
            P.reduce),
        .pickle(
            "a factory that executes", .pickleGlobal, after: P.global("collections", "defaultdict"),
            P.global("os", "system") + [0x85] + P.reduce),
        .pickle(
            "a class that is a string", .pickleOpcode,
            after: P.global("numpy.core.multiarray", "_reconstruct") + P.string("x") + P.emptyTuple + P.none + [0x87],
            P.reduce),
        .pickle("a call of ndarray", .pickleOpcode, after: P.global("numpy", "ndarray") + P.emptyTuple, P.reduce),
        .pickle("a call of int", .pickleOpcode, after: P.global("builtins", "int") + oneString, P.reduce),
        .pickle("a call of a set", .pickleOpcode, after: set + P.emptyTuple, P.reduce),
    ]

    private static let oneString = P.string("x") + [0x85]
    private static let twoStrings = P.string("x") + P.string("latin1") + [0x86]
    private static let set = P.global("builtins", "set") + P.emptyTuple + P.reduce
    private static let defaultDictionary = P.global("collections", "defaultdict") + P.emptyTuple + P.reduce
    private static let deque = P.global("collections", "deque") + P.emptyTuple + P.reduce
    private static let namespace = P.global("argparse", "Namespace") + P.emptyTuple + P.newObject

    private static let contents: [HostileTorchFile] = [
        .pickle("an append to a set", .pickleItems, after: set + P.none, P.append),
        .pickle("an item of a deque", .pickleItems, after: deque + P.string("k") + P.none, P.setItem),
        .pickle("an item of a namespace", .pickleItems, after: namespace + P.string("k") + P.none, P.setItem),
        .pickle(
            "a list as a key of a defaultdict", .pickleItems, after: defaultDictionary + P.emptyList + P.none, P.setItem
        ),
        .pickle(
            "a defaultdict's key without a value", .pickleItems, after: defaultDictionary + P.mark + P.none, P.setItems),
        .pickle("the state of a set", .pickleOpcode, after: set + P.emptyDict, P.build),
        .pickle("the state of an integer", .pickleOpcode, after: longInteger + P.emptyDict, P.build),
        .pickle("a namespace", .stateDictionary, namespace + P.emptyDict + P.build, delta: -2),
        .pickle(
            "a model in a defaultdict", .stateDictionary,
            P.dict([("model", defaultDictionary + P.string("layer.w") + P.goodTensor + P.setItem)])),
        .pickle(
            "a model in a namespace", .stateDictionary,
            P.dict([("args", namespace + P.dict([("model", P.dict([("layer.w", P.goodTensor)]))]) + P.build)])),
        .tensor(
            "a tensor of a NumPy array", .pickleOpcode,
            P.global("torch._utils", "_rebuild_tensor") + P.mark + deque + P.integer(0) + P.integers([1])
                + P.integers([1]) + P.tuple + P.reduce),
    ]

    private static let longInteger: [UInt8] = [0x8A, 9] + [UInt8](repeating: 1, count: 9)
    private static let largest = [UInt8](repeating: 255, count: 8)

    private static let protocols: [HostileTorchFile] = [
        .pickle(
            protocol: 4, "os system", .pickleGlobal, after: P.shortString("os") + P.shortString("system"),
            P.stackGlobal + oneString + P.reduce),
        .pickle(
            protocol: 4, "torch nn.Module", .pickleGlobal, after: P.shortString("torch") + P.shortString("nn.Module"),
            P.stackGlobal),
        .pickle(
            protocol: 4, "a long name", .pickleGlobal,
            after: P.shortString("torch") + P.string(String(repeating: "x", count: 300)), P.stackGlobal),
        .pickle(protocol: 4, "a name of a list", .pickleOpcode, after: P.emptyList + P.shortString("x"), P.stackGlobal),
        .pickle(protocol: 4, "a name without a module", .pickleStack, after: P.shortString("x"), P.stackGlobal),
        .pickle(protocol: 4, "a memo of nothing", .pickleStack, P.memoize),
        .pickle(protocol: 4, "a frame beyond the end", .pickleLength, [0x95] + largest + P.emptyDict),
        .pickle(
            protocol: 4, "a frame in a frame", .pickleLength, after: [0x95, 12, 0, 0, 0, 0, 0, 0, 0] + P.none,
            P.frame(P.none)),
        .pickle(
            protocol: 4, "an operation across the end of a frame", .pickleLength,
            after: [0x95, 2, 0, 0, 0, 0, 0, 0, 0] + P.none, P.shortString("x")),
        .pickle(protocol: 4, "a string of 2^64 bytes", .pickleLength, [0x8D] + largest),
        .pickle(protocol: 4, "bytes of 2^64", .pickleLength, [0x8E] + largest),
        .pickle(protocol: 4, "a string that is not UTF-8", .pickleText, [0x8C, 1, 0xFF]),
        .pickle(protocol: 4, "an item added to a list", .pickleItems, after: P.emptyList + P.mark + P.none, P.addItems),
        .pickle(
            protocol: 4, "a dict in a set", .pickleItems, after: P.emptySet + P.mark + P.emptyDict, P.addItems),
        .pickle(protocol: 4, "a list in a frozenset", .pickleItems, after: P.mark + P.emptyList, P.frozenSet),
        .pickle(protocol: 4, "a frozenset without a mark", .pickleStack, P.frozenSet),
        .pickle(
            protocol: 4, "NEWOBJ_EX", .pickleOpcode,
            after: P.global("argparse", "Namespace") + P.emptyTuple + P.emptyDict, [0x92]),
        .pickle(protocol: 3, "bytes beyond the end", .pickleLength, [0x42, 255, 255, 255, 255]),
        .pickle(protocol: 3, "STACK_GLOBAL", .pickleOpcode, after: P.string("torch") + P.string("Size"), P.stackGlobal),
        .pickle(protocol: 4, "BYTEARRAY8", .pickleOpcode, [0x96, 0, 0, 0, 0, 0, 0, 0, 0]),
        .pickle(protocol: 5, "an array beyond the end", .pickleLength, [0x96] + largest),
        .pickle(protocol: 5, "NEXT_BUFFER", .pickleOpcode, [0x97]),
        .pickle(protocol: 5, "EXT1", .pickleOpcode, [0x82, 1]),
    ]
}
