/// Pickle operations, as bytes.
public enum Pickle {
    public static let mark: [UInt8] = [0x28]
    public static let stop: [UInt8] = [0x2E]
    public static let emptyDict: [UInt8] = [0x7D]
    public static let emptyList: [UInt8] = [0x5D]
    public static let emptyTuple: [UInt8] = [0x29]
    public static let tuple: [UInt8] = [0x74]
    public static let reduce: [UInt8] = [0x52]
    public static let build: [UInt8] = [0x62]
    public static let append: [UInt8] = [0x61]
    public static let setItem: [UInt8] = [0x73]
    public static let setItems: [UInt8] = [0x75]
    public static let none: [UInt8] = [0x4E]
    public static let yes: [UInt8] = [0x88]
    public static let no: [UInt8] = [0x89]
    public static let persistentID: [UInt8] = [0x51]
    public static let newObject: [UInt8] = [0x81]
    /// Protocol 4.
    public static let stackGlobal: [UInt8] = [0x93]
    public static let memoize: [UInt8] = [0x94]
    public static let emptySet: [UInt8] = [0x8F]
    public static let addItems: [UInt8] = [0x90]
    public static let frozenSet: [UInt8] = [0x91]

    public static func string(_ text: String) -> [UInt8] {
        [0x58] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    /// SHORT_BINUNICODE, of protocol 4.
    public static func shortString(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }

    /// FRAME, of protocol 4, and its operations.
    public static func frame(_ operations: [UInt8]) -> [UInt8] {
        [0x95] + littleEndian(UInt64(operations.count)) + operations
    }

    /// LONG1 of eight bytes.
    public static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(UInt64(bitPattern: Int64(value))) }

    public static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    public static func integers(_ values: [Int]) -> [UInt8] { mark + values.flatMap(integer) + tuple }

    public static let orderedDict = global("collections", "OrderedDict") + emptyTuple + reduce

    /// A persistent id, without the operation that consumes it.
    public static func storageID(_ key: String = "0", _ storageClass: String = "FloatStorage", count: Int) -> [UInt8] {
        mark + string("storage") + global("torch", storageClass) + string(key) + string("cpu") + integer(count) + tuple
    }

    public static func storage(_ key: String = "0", _ storageClass: String = "FloatStorage", count: Int) -> [UInt8] {
        storageID(key, storageClass, count: count) + persistentID
    }

    /// A call of `torch._utils._rebuild_tensor_v2` with its arguments. The last byte is the call.
    public static func tensor(
        storage: [UInt8], offset: Int = 0, size: [Int], strides: [Int], metadata: [UInt8] = []
    ) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2") + mark + storage + integer(offset) + integers(size)
            + integers(strides) + no + orderedDict + metadata + tuple + reduce
    }

    /// A contiguous float32 tensor [2, 3] over the whole storage "0".
    public static let goodTensor = tensor(storage: storage(count: 6), size: [2, 3], strides: [3, 1])

    /// A dict of names and values.
    public static func dict(_ items: [(String, [UInt8])]) -> [UInt8] {
        emptyDict + mark + items.flatMap { string($0.0) + $0.1 } + setItems
    }
}

/// Builds torch files for tests.
public enum TorchBuilder {
    /// 24 bytes: the storage of `Pickle.goodTensor`.
    public static let storage: [UInt8] = (0..<6).flatMap { littleEndian(Float($0).bitPattern) }

    /// The records that torch writes, in the same order. Adds the protocol and STOP to the pickle.
    public static func archive(
        pickle: [UInt8], storages: [[UInt8]] = [storage], protocolVersion: UInt8 = 2
    ) -> ZipBuilder {
        ZipBuilder(
            [
                .init("m/data.pkl", [0x80, protocolVersion] + pickle + Pickle.stop), .init("m/.format_version", "1"),
                .init("m/.storage_alignment", "64"), .init("m/byteorder", "little"),
            ] + storages.enumerated().map { .init("m/data/\($0)", $1) } + [
                .init("m/version", "3\n"), .init("m/.data/serialization_id", "0123456789"),
            ])
    }

    /// A plain state dict of float32 tensors. Each tensor has its own storage.
    public static func archive(of tensors: [SafetensorsBuilder.Tensor]) -> ZipBuilder {
        let items = tensors.enumerated().map { index, tensor -> (String, [UInt8]) in
            let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
            let storage = Pickle.storage("\(index)", count: tensor.bytes.count / 4)
            return (tensor.name, Pickle.tensor(storage: storage, size: tensor.shape, strides: strides))
        }
        return archive(pickle: Pickle.dict(items), storages: tensors.map(\.bytes))
    }

    /// A dict with one tensor, "w", [2, 3].
    public static var good: ZipBuilder { archive(pickle: Pickle.dict([("w", Pickle.goodTensor)])) }
}
