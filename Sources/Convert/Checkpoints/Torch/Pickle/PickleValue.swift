import SkipFiles

/// A value of a pickle. Containers, storages and tensors are indices into the `PickleHeap`, so nested values need no
/// recursion.
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
    /// A known value that is not used, such as a device.
    case opaque

    /// The index of the list, tuple or dict in the heap; nil for other values.
    var containerIndex: Int? {
        switch self {
        case .list(let index), .tuple(let index), .dictionary(let index): index
        default: nil
        }
    }

    /// The kind of the value, with an article.
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
