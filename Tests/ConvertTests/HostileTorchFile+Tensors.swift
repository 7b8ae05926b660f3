import TestSupport

@testable import SkipFiles

extension HostileTorchFile {
    private typealias P = Pickle

    /// Tensors that exceed their storages, references that name no storage, and dicts that are not state dicts.
    static let tensors: [HostileTorchFile] = references + extents + dictionaries

    private static func reference(_ name: String, _ rule: InputRule, _ id: [UInt8]) -> HostileTorchFile {
        .pickle(name, rule, after: P.emptyDict + P.mark + P.string("w") + id, P.persistentID)
    }

    private static let references: [HostileTorchFile] = [
        reference("a number", .picklePersistentID, P.integer(1)),
        reference("a string", .picklePersistentID, P.string("storage")),
        reference(
            "a tuple of four", .picklePersistentID,
            P.mark + P.string("storage") + P.integer(1) + P.integer(1) + P.integer(1) + P.tuple),
        reference(
            "a module", .picklePersistentID,
            P.mark + P.string("module") + P.global("torch", "FloatStorage") + P.string("0") + P.string("cpu")
                + P.integer(6) + P.tuple),
        reference(
            "no storage class", .picklePersistentID,
            P.mark + P.string("storage") + P.global("torch", "Size") + P.string("0") + P.string("cpu") + P.integer(6)
                + P.tuple),
        reference(
            "a location of a megabyte", .picklePersistentID,
            P.mark + P.string("storage") + P.global("torch", "FloatStorage") + P.string("0")
                + P.string(String(repeating: "c", count: 1 << 20)) + P.integer(6) + P.tuple),
        reference(
            "a count that is a string", .picklePersistentID,
            P.mark + P.string("storage") + P.global("torch", "FloatStorage") + P.string("0") + P.string("cpu")
                + P.string("6") + P.tuple),
        reference("a negative count", .picklePersistentID, P.storageID(count: -1)),
        reference("a count that overflows", .picklePersistentID, P.storageID(count: 1 << 61)),
        reference(
            "a reference of the format before PyTorch 1.6", .picklePersistentID,
            P.storageID(count: 6).dropLast() + P.none + P.tuple),
        reference("a key of letters", .torchStorage, P.storageID("a", count: 6)),
        reference("a key with a path", .torchStorage, P.storageID("../0", count: 6)),
        reference("an empty key", .torchStorage, P.storageID("", count: 6)),
        reference(
            "a storage of two types", .torchStorage, P.storage(count: 6) + P.storageID("0", "IntStorage", count: 6)),
        reference("a storage of two sizes", .torchStorage, P.storage(count: 6) + P.storageID(count: 5)),
    ]

    private static let whole = P.storage(count: 6)

    /// A call with a float in the size, which must hold integers.
    private static let floatSize =
        P.global("torch._utils", "_rebuild_tensor_v2") + P.mark + whole + P.integer(0)
        + P.mark + [0x47, 0, 0, 0, 0, 0, 0, 0, 0] + P.tuple + P.integers([1]) + P.no + P.orderedDict + P.tuple
        + P.reduce

    private static let oddGradient =
        P.global("torch._utils", "_rebuild_tensor_v2") + P.mark + whole + P.integer(0) + P.integers([6])
        + P.integers([1]) + P.none + P.orderedDict + P.tuple + P.reduce

    private static let extents: [HostileTorchFile] = [
        .tensor("offset -1", .tensorExtent, P.tensor(storage: whole, offset: -1, size: [2, 3], strides: [3, 1])),
        .tensor("size -1", .tensorExtent, P.tensor(storage: whole, size: [-1, 3], strides: [3, 1])),
        .tensor("stride -1", .tensorExtent, P.tensor(storage: whole, size: [2, 3], strides: [3, -1])),
        .tensor("more strides than sizes", .tensorExtent, P.tensor(storage: whole, size: [2, 3], strides: [3, 1, 1])),
        .tensor(
            "a size that overflows", .tensorExtent,
            P.tensor(storage: whole, size: [1 << 32, 1 << 32], strides: [0, 0])),
        .tensor(
            "a size that overflows before a 0", .tensorExtent,
            P.tensor(storage: whole, size: [1 << 32, 1 << 32, 0], strides: [0, 0, 0])),
        .tensor(
            "a stride that overflows", .tensorExtent, P.tensor(storage: whole, size: [2, 3], strides: [Int.max, 2])),
        .tensor(
            "one element too far", .tensorExtent, P.tensor(storage: whole, offset: 1, size: [2, 3], strides: [3, 1])),
        .tensor(
            "an empty tensor out of the storage", .tensorExtent,
            P.tensor(storage: whole, offset: 7, size: [0], strides: [1])),
        .tensor(
            "an expanded tensor", .pickleTensorLimit,
            P.tensor(storage: whole, size: [1 << 21, 1 << 21], strides: [0, 0])),
        .tensor(
            "rank 9", .pickleTensorLimit,
            P.tensor(storage: whole, size: [Int](repeating: 1, count: 9), strides: [Int](repeating: 1, count: 9))),
        .tensor(
            "a conjugated tensor", .tensorBits,
            P.tensor(
                storage: whole, size: [6], strides: [1], metadata: P.emptyDict + P.string("conj") + P.yes + P.setItem)),
        .tensor(
            "a negated tensor", .tensorBits,
            P.tensor(
                storage: whole, size: [6], strides: [1], metadata: P.emptyDict + P.string("neg") + P.yes + P.setItem)),
        .tensor(
            "unknown metadata", .tensorBits,
            P.tensor(
                storage: whole, size: [6], strides: [1], metadata: P.emptyDict + P.string("x") + P.none + P.setItem)),
        .tensor("a size that is a float", .pickleOpcode, floatSize),
        .tensor("requires_grad that is no boolean", .pickleOpcode, oddGradient),
    ]

    private static let dictionaries: [HostileTorchFile] = [
        .pickle(
            "a key twice", .stateDictionary,
            after: P.emptyDict + P.mark + P.string("w") + P.goodTensor + P.string("w") + P.goodTensor, P.setItems),
        .pickle(
            "a key twice among many", .stateDictionary,
            after: P.emptyDict + P.mark + (0..<20).flatMap { P.string("\($0)") + P.none } + P.string("17") + P.none,
            P.setItems),
        .pickle("no tensors", .stateDictionary, P.dict([("a", P.none)])),
        .pickle("an empty dict", .stateDictionary, P.emptyDict),
        .pickle("a dict under an unknown key", .stateDictionary, P.dict([("things", P.dict([("w", P.goodTensor)]))])),
        .pickle(
            "two dicts of tensors", .stateDictionary,
            P.dict([("model", P.dict([("w", P.goodTensor)])), ("state_dict", P.dict([("w", P.goodTensor)]))])),
        .pickle(
            "tensors beside a dict of tensors", .stateDictionary,
            P.dict([("layer.w", P.goodTensor), ("model", P.dict([("w", P.goodTensor)]))])),
        .pickle("a tensor under a number", .stateDictionary, P.emptyDict + P.integer(1) + P.goodTensor + P.setItem),
        .pickle(
            "a name of 2,000 bytes", .pickleTooLarge,
            after: P.emptyDict + P.mark + P.string(String(repeating: "w", count: 2_000)), P.goodTensor + P.setItems,
            delta: P.goodTensor.count - 1),
        .pickle("None", .stateDictionary, P.none, delta: -2),
        .pickle("a list", .stateDictionary, P.emptyList + P.goodTensor + P.append, delta: -2),
        .pickle("a bare tensor", .stateDictionary, P.goodTensor, delta: -2),
    ]
}
