import TestSupport

extension HostileTorchFile {
    private typealias P = Pickle

    /// A dict whose first name, "w", is read.
    private static let open = P.emptyDict + P.mark + P.string("w")

    /// Pickles that do what no state dict needs.
    static let pickles: [HostileTorchFile] = globals + operations + structures + numbers

    private static let globals: [HostileTorchFile] =
        [
            ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "exec"), ("torch.hub", "load"),
            ("torch._utils", "_rebuild_device_tensor_from_numpy"), ("torch", "FakeStorage"), ("torch", "floatStorage"),
            ("torch", "nn.Module"), ("torch.storage", "_load_from_bytes"), ("collections", "ordereddict"), ("", ""),
            ("collections OrderedDict", ""), ("numpy", "load"),
            ("torch.FloatStorage", "os.system"), ("torch", "FloatStorage "),
        ].map { module, name in
            .pickle("\(module) \(name)", .pickleGlobal, after: open, P.global(module, name) + P.string("x") + P.reduce)
        } + [
            .pickle(
                "a name of five megabytes", .pickleGlobal,
                [UInt8(ascii: "c")] + [UInt8](repeating: 0x61, count: 5 << 20)),
            // An unpickler runs the command before it fails.
            .pickle(
                "a command, then a broken pickle", .pickleGlobal,
                P.global("os", "system") + P.string("touch /tmp/skipc-was-here") + [0x85] + P.reduce + [0xFF]),
        ]
        + [
            ("torch._utils", "_rebuild_qtensor"), ("torch._utils", "_rebuild_sparse_tensor"),
            ("torch._tensor", "_rebuild_from_type_v2"), ("torch._utils", "_rebuild_meta_tensor_no_storage"),
            ("torch", "ComplexFloatStorage"), ("torch", "float8_e4m3fn"),
        ].map { module, name in
            .pickle("\(module) \(name)", .pickleUnsupportedGlobal, after: open, P.global(module, name))
        }

    private static let operations: [HostileTorchFile] =
        [
            ("INT", 0x49), ("LONG", 0x4C), ("FLOAT", 0x46), ("STRING", 0x53), ("UNICODE", 0x56), ("BINSTRING", 0x54),
            ("POP", 0x30), ("POP_MARK", 0x31), ("DUP", 0x32), ("DICT", 0x64), ("LIST", 0x6C), ("GET", 0x67),
            ("PUT", 0x70),
            ("PERSID", 0x50), ("INST", 0x69), ("OBJ", 0x6F), ("NEWOBJ", 0x81), ("EXT1", 0x82), ("EXT2", 0x83),
            ("EXT4", 0x84), ("SHORT_BINUNICODE", 0x8C), ("BINUNICODE8", 0x8D), ("BINBYTES8", 0x8E),
            ("EMPTY_SET", 0x8F), ("ADDITEMS", 0x90), ("FROZENSET", 0x91), ("NEWOBJ_EX", 0x92), ("STACK_GLOBAL", 0x93),
            ("MEMOIZE", 0x94), ("FRAME", 0x95), ("BYTEARRAY8", 0x96), ("NEXT_BUFFER", 0x97), ("READONLY_BUFFER", 0x98),
            ("BINBYTES", 0x42), ("SHORT_BINBYTES", 0x43), ("PROTO again", 0x80), ("no operation at all", 0xFF),
        ].map { name, code in
            .pickle(name, .pickleOpcode, after: P.string("torch") + P.string("FloatStorage"), [code, 2, 0, 0, 0])
        } + [
            .pickle("a call of a string", .pickleOpcode, after: P.string("x") + P.emptyTuple, P.reduce),
            .pickle("a call with a list", .pickleOpcode, after: P.global("torch", "Size") + P.emptyList, P.reduce),
            .pickle("a call of a type", .pickleOpcode, after: P.global("torch", "float32") + P.emptyTuple, P.reduce),
            .pickle(
                "OrderedDict(1)", .pickleOpcode, after: P.global("collections", "OrderedDict") + P.integers([1]),
                P.reduce),
            .pickle("Size(1)", .pickleOpcode, after: P.global("torch", "Size") + P.integers([1]), P.reduce),
            .pickle(
                "a tensor of nothing", .pickleOpcode,
                after: P.global("torch._utils", "_rebuild_tensor_v2") + P.emptyTuple, P.reduce),
            .pickle(
                "a parameter of a number", .pickleOpcode,
                after: P.global("torch._utils", "_rebuild_parameter") + P.integers([1, 2, 3]), P.reduce),
            .pickle("attributes of a tuple", .pickleOpcode, after: P.emptyTuple + P.emptyDict, P.build),
            .pickle("attributes of a tensor", .pickleOpcode, after: P.goodTensor + P.emptyDict, P.build),
            .pickle("attributes that are a tuple", .pickleOpcode, after: P.emptyDict + P.emptyTuple, P.build),
        ]

    private static let structures: [HostileTorchFile] = [
        .pickle("an item of a list", .pickleItems, after: P.emptyList + P.string("k") + P.none, P.setItem),
        .pickle("an item of a tensor", .pickleItems, after: P.goodTensor + P.string("k") + P.none, P.setItem),
        .pickle("an append to a dict", .pickleItems, after: P.emptyDict + P.none, P.append),
        .pickle("appends to a tuple", .pickleItems, after: P.emptyTuple + P.mark + P.none, [0x65]),
        .pickle("a key without a value", .pickleItems, after: P.emptyDict + P.mark + P.string("k"), P.setItems),
        .pickle("a list as a key", .pickleItems, after: P.emptyDict + P.emptyList + P.none, P.setItem),
        .pickle("a tensor as a key", .pickleItems, after: P.emptyDict + P.goodTensor + P.none, P.setItem),

        .pickle("a call without operands", .pickleStack, P.reduce),
        .pickle("a tuple without a mark", .pickleStack, after: P.none, P.tuple),
        .pickle("operands below the mark", .pickleStack, after: P.none + P.none + P.mark, [0x86]),
        .pickle("a memo of nothing", .pickleStack, after: P.none + P.mark, [0x71, 0]),
        .pickle("nothing at STOP", .pickleStack, []),
        .pickle("two values at STOP", .pickleStack, after: P.none + P.none, []),
        .pickle("an open mark at STOP", .pickleStack, after: P.emptyDict + P.mark, []),
        .pickle("bytes after STOP", .pickleStack, after: P.none + P.stop, P.none),
        .built("no STOP", .pickleStack, at: { $0.dataEnds[0] }) { $0.entries[0].contents.removeLast() },
        .built("the end inside a number", .pickleStack, at: { $0.data[0] + 2 }) {
            $0.entries[0].contents = [0x80, 2, 0x4A, 1, 2]
        },
        .built("an empty pickle", .pickleStack, at: { $0.data[0] }) { $0.entries[0].contents = [] },
        .built("the end inside the protocol", .pickleStack, at: { $0.data[0] }) { $0.entries[0].contents = [0x80] },

        .pickle("a memo that was never kept", .pickleMemo, after: P.none + [0x71, 1], [0x68, 2]),
        .pickle(
            "a far memo that was never kept", .pickleMemo, after: P.none + [0x72, 255, 255, 255, 255],
            [0x6A, 255, 255, 255, 254]),

        .pickle("a list that holds itself", .pickleCycle, after: P.emptyList + [0x71, 0, 0x68, 0], P.append),
        .pickle(
            "a dict that holds itself", .pickleCycle, after: P.emptyDict + [0x71, 0] + P.string("model") + [0x68, 0],
            P.setItem),
        .pickle(
            "a tuple that would hold itself", .pickleCycle,
            after: P.emptyList + [0x71, 0, 0x85, 0x71, 1, 0x68, 0, 0x68, 1], P.append),

        .pickle(
            "100,000 nested lists", .pickleDepth,
            after: [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 63), P.append),
        .pickle("65 nested tuples", .pickleDepth, after: P.emptyTuple + [UInt8](repeating: 0x85, count: 63), [0x85]),
        .pickle("65 marks", .pickleDepth, after: [UInt8](repeating: 0x28, count: 64), P.mark),

        .built("protocol 1", .pickleProtocol, at: { $0.data[0] }) { $0.entries[0].contents = Array("}.".utf8) },
        .built("protocol 0", .pickleProtocol, at: { $0.data[0] }) { $0.entries[0].contents = Array("(dp0\n.".utf8) },
        .built("protocol 6", .pickleProtocol, at: { $0.data[0] }) { $0.entries[0].contents[1] = 6 },
    ]

    private static let numbers: [HostileTorchFile] = [
        .pickle("a string of 4 GiB", .pickleLength, [0x58, 255, 255, 255, 255]),
        .pickle("an integer of 255 bytes that are not there", .pickleLength, [0x8A, 255, 1, 1, 1]),
        .pickle("a negative length of an integer", .pickleLength, [0x8B, 255, 255, 255, 255, 1]),
        .tensor(
            "a size of 16 bytes", .pickleOpcode,
            P.global("torch._utils", "_rebuild_tensor") + P.mark + P.storage(count: 6) + P.integer(0)
                + [0x8A, 16] + [UInt8](repeating: 1, count: 16) + [0x85] + P.integers([1]) + P.tuple + P.reduce),
        .pickle("a string that is not UTF-8", .pickleText, [0x58, 2, 0, 0, 0, 0xC0, 0xAF]),
        .pickle("a lone surrogate", .pickleText, [0x58, 3, 0, 0, 0, 0xED, 0xA0, 0x80]),
        .pickle("bytes that are not UTF-8", .pickleText, [0x55, 1, 0xFF]),
    ]
}
