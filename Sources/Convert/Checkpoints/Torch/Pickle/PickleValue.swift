import SkipFiles
import SkipModel

/// An inert value of a pickle. Containers, storages and tensors are indices into the `PickleHeap`, so that no nesting,
/// however deep, makes anything here recurse.
enum PickleValue: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case string(ByteString)
    case list(Int)
    case tuple(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
    /// Something that is known and of no interest, such as a device.
    case opaque

    /// Index of the list, tuple or dict in the heap.
    var containerIndex: Int? {
        switch self {
        case .list(let index), .tuple(let index), .dictionary(let index): index
        default: nil
        }
    }

    var kindName: String {
        switch self {
        case .none: "None"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .list: "a list"
        case .tuple: "a tuple"
        case .dictionary: "a dict"
        case .global: "a global"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .opaque: "an object"
        }
    }
}

/// A key of a pickled dict.
enum PickleKey: Hashable, Sendable, CustomStringConvertible {
    case string(ByteString)
    case integer(Int)

    init?(_ value: PickleValue) {
        switch value {
        case .string(let string): self = .string(string)
        case .integer(let integer): self = .integer(integer)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .string(let string): "\"\(string)\""
        case .integer(let integer): "\(integer)"
        }
    }
}

/// A list, tuple or dict. Small, for a hostile pickle may hold as many as the limit allows.
struct PickleContainer: Sendable {
    /// Of a dict: keys and values, alternating.
    var items: [PickleValue] = []
    /// Where the operation that made it stands in the pickle.
    let position: UInt32
    /// Levels of containers in it, itself included.
    var height: UInt8 = 1
    /// It is an element of another container, and may change no more. So no container can ever hold itself.
    var isPlaced = false
}

/// Elements in a record of the archive, as a persistent id describes them.
struct PickleStorage: Equatable, Sendable {
    /// The record's name below `data/`.
    let key: ByteString
    /// Nil for a storage of bytes.
    let storedType: StoredType?
    let elementCount: Int
    /// Absolute position of the operation that made it.
    let offset: Int

    /// Bytes of the record.
    var byteCount: Int { elementCount * (storedType?.byteCount ?? 1) }
}

/// A view of a storage. All its elements lie inside.
struct PickleTensor: Equatable, Sendable {
    let storageIndex: Int
    let storedType: StoredType
    let shape: TensorShape
    /// In elements.
    let strides: [Int]
    /// Position of the first element in the storage, in elements.
    let elementOffset: Int
    /// Absolute position of the operation that made it.
    let offset: Int
    /// It was a parameter with attributes of its own, which are left out.
    var hadState = false
}

/// What the values of a pickle refer to.
struct PickleHeap: Sendable {
    var containers: [PickleContainer] = []
    var storages: [PickleStorage] = []
    var tensors: [PickleTensor] = []
    var storageOfKey: [ByteString: Int] = [:]

    /// What a dict holds, in its order.
    func entries(of dictionary: Int) -> [(key: PickleKey, value: PickleValue)] {
        let items = containers[dictionary].items
        return stride(from: 0, to: items.count, by: 2).compactMap { index in
            PickleKey(items[index]).map { ($0, items[index + 1]) }
        }
    }
}
