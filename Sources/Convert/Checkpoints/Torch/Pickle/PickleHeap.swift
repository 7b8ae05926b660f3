import SkipFiles
import SkipModel

/// The containers, storages and tensors that the values of a pickle refer to.
struct PickleHeap: Sendable {
    var containers: [PickleContainer] = []
    var storages: [PickleStorage] = []
    var tensors: [PickleTensor] = []
    var storageOfKey: [ByteString: Int] = [:]

    /// Returns the entries of a dict, in its order.
    func entries(of dictionary: Int) -> [(key: PickleKey, value: PickleValue)] {
        let items = containers[dictionary].items
        return stride(from: 0, to: items.count, by: 2).map { index in
            (PickleKey(items[index]) ?? .other(index), items[index + 1])
        }
    }

    /// The number of tensors that a dict holds itself.
    func tensorCount(of dictionary: Int) -> Int {
        let items = containers[dictionary].items
        return stride(from: 1, to: items.count, by: 2).count { if case .tensor = items[$0] { true } else { false } }
    }
}

/// A list, tuple or dict. The struct is small, because a hostile pickle may hold as many as the limit allows.
struct PickleContainer: Sendable {
    /// The elements; for a dict, alternating keys and values.
    var items: [PickleValue] = []
    /// The position of the operation that created it, in the pickle.
    let position: UInt32
    /// The number of nested levels of containers, including itself.
    var height: UInt8 = 1
    /// Whether it is an element of another container and must not change.
    var isPlaced = false
}

/// A storage as a persistent id describes it: elements in a record of the archive.
struct PickleStorage: Equatable, Sendable {
    /// The record's name below `data/`.
    let key: ByteString
    /// Nil for a storage of bytes.
    let storedType: StoredType?
    let elementCount: Int
    /// Absolute position of the operation that created it.
    let offset: Int

    /// The size of the record, in bytes.
    var byteCount: Int { elementCount * (storedType?.byteCount ?? 1) }
}

/// A tensor: a view of a storage. All its elements are inside the storage.
struct PickleTensor: Equatable, Sendable {
    let storageIndex: Int
    let storedType: StoredType
    let shape: TensorShape
    /// In elements.
    let strides: [Int]
    /// Position of the first element in the storage, in elements.
    let elementOffset: Int
    /// Absolute position of the operation that created it.
    let offset: Int
    /// Whether it was a parameter with attributes, which are left out.
    var hadState = false
}
