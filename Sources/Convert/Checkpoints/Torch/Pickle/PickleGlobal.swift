/// The Python names that a pickle may refer to, each with a fixed meaning. No name is looked up in a Python runtime and
/// nothing is called.
enum PickleGlobal: Equatable, Sendable {
    case orderedDictionary
    case rebuildTensor
    case rebuildTensorV2
    case rebuildTensorV3
    case rebuildParameter
    case rebuildParameterWithState
    case size
    /// A storage class of one element type.
    case storage(StoredType)
    /// A storage class of bytes; its tensors state their own element type.
    case untypedStorage
    /// A `torch.dtype`.
    case elementType(StoredType)
    /// A class or function whose values are not used.
    case inert(PickleInertType)

    /// Returns the meaning of `module name`; nil for every name that is not listed.
    init?(_ name: String) {
        if let global = Self.known[name] {
            self = global
        } else if let type = PickleInertType(name) {
            self = .inert(type)
        } else {
            return nil
        }
    }

    private static let known: [String: PickleGlobal] = {
        var known: [String: PickleGlobal] = [
            "collections OrderedDict": .orderedDictionary,
            "torch._utils _rebuild_tensor": .rebuildTensor,
            "torch._utils _rebuild_tensor_v2": .rebuildTensorV2,
            "torch._utils _rebuild_tensor_v3": .rebuildTensorV3,
            "torch._utils _rebuild_parameter": .rebuildParameter,
            "torch._utils _rebuild_parameter_with_state": .rebuildParameterWithState,
            "torch Size": .size,
            "torch.storage UntypedStorage": .untypedStorage,
            "torch UntypedStorage": .untypedStorage,
        ]
        let storages: [(String, StoredType)] = [
            ("Double", .float64), ("Float", .float32), ("Half", .float16), ("BFloat16", .bfloat16), ("Long", .int64),
            ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8), ("Bool", .bool),
        ]
        for (name, storedType) in storages { known["torch \(name)Storage"] = .storage(storedType) }
        let elementTypes: [(String, StoredType)] = [
            ("float64", .float64), ("float32", .float32), ("float16", .float16), ("bfloat16", .bfloat16),
            ("int64", .int64),
            ("int32", .int32), ("int16", .int16), ("int8", .int8), ("uint64", .uint64), ("uint32", .uint32),
            ("uint16", .uint16), ("uint8", .uint8), ("bool", .bool),
        ]
        for (name, storedType) in elementTypes { known["torch \(name)"] = .elementType(storedType) }
        return known
    }()

    /// Names that `torch.save` writes and skipc does not support: quantized, sparse, complex and 8-bit tensors, and
    /// subclasses.
    static let unsupported: Set<String> = [
        "torch._utils _rebuild_qtensor", "torch._utils _rebuild_sparse_tensor",
        "torch._utils _rebuild_sparse_csr_tensor",
        "torch._utils _rebuild_nested_tensor", "torch._utils _rebuild_meta_tensor_no_storage",
        "torch._utils _rebuild_wrapper_subclass", "torch._tensor _rebuild_from_type_v2",
        "torch QInt8Storage", "torch QUInt8Storage", "torch QInt32Storage", "torch QUInt4x2Storage",
        "torch QUInt2x4Storage",
        "torch ComplexFloatStorage", "torch ComplexDoubleStorage", "torch complex32", "torch complex64",
        "torch complex128",
        "torch float8_e4m3fn", "torch float8_e5m2", "torch float8_e4m3fnuz", "torch float8_e5m2fnuz",
        "torch float8_e8m0fnu",
    ]

    /// Whether a name is that of a class of a model, an optimizer or a user's program, so that the file is more than a
    /// state dict. Such names are refused, like all others that are not listed. This only decides what the error says.
    static func isObjectClass(_ name: String) -> Bool {
        let parts = name.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let initial = parts[1].utf8.first, (0x41...0x5A).contains(initial) else { return false }
        let module = parts[0]
        return objectModules.contains { module == $0 || module.hasPrefix($0 + ".") }
    }

    private static let objectModules = [
        "__main__", "accelerate", "deepspeed", "diffusers", "fairseq", "lightning", "lightning_fabric", "megatron",
        "model",
        "modeling", "models", "open_clip", "peft", "pytorch_lightning", "timm", "torch.distributed", "torch.nn",
        "torch.optim",
        "torchtune", "transformers", "transformers_modules", "trl",
    ]
}
