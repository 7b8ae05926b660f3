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
    /// A known value that is not used, such as a device or a random state. Nothing is kept of its contents.
    case inert(PickleInertType)

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
        case .inert(let type): "an object of \(type.name)"
        }
    }

    /// Whether the value may be the key of a dict. Values that are neither strings nor integers are never looked up.
    var isKey: Bool {
        switch self {
        case .none, .boolean, .integer, .float, .string, .tuple, .global, .inert: true
        case .list, .dictionary, .storage, .tensor: false
        }
    }
}

/// A key of a pickled dict.
enum PickleKey: Hashable, Sendable, CustomStringConvertible {
    case string(ByteString)
    case integer(Int)
    /// Another value, at this index of the dict's items.
    case other(Int)

    /// Returns nil for a value that is neither a string nor an integer.
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
        case .other: "that is neither a string nor an integer"
        }
    }
}
