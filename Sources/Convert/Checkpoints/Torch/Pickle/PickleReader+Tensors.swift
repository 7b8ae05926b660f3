import SkipFiles
import SkipModel

/// Storages, and tensors, which are views of storages.
extension PickleReader {
    private static let locationByteLimit = 256
    private static let rankLimit = 8

    /// Returns the storage of a persistent id, which must be a tuple of exactly `"storage"`, a storage class, a key, a
    /// location and an element count.
    mutating func storage(of value: PickleValue) throws(InputError) -> Int {
        guard case .tuple(let tuple) = value else {
            throw tensorFault(.picklePersistentID, found: value.kindName, required: "a tuple")
        }
        let parts = heap.containers[tuple].items
        guard parts.count == 5, case .string("storage") = parts[0] else {
            throw tensorFault(
                .picklePersistentID, found: "a tuple of \(parts.count) values",
                required: "5 values, of which the first is \"storage\"")
        }
        guard case .string(let key) = parts[2], case .string(let location) = parts[3],
            case .integer(let count) = parts[4],
            location.bytes.count <= Self.locationByteLimit
        else {
            throw tensorFault(
                .picklePersistentID, found: "values of other types", required: "key, location and element count")
        }
        let storedType: StoredType?
        switch parts[1] {
        case .global(.storage(let type)): storedType = type
        case .global(.untypedStorage): storedType = nil
        default: throw tensorFault(.picklePersistentID, found: parts[1].kindName, required: "a storage class")
        }
        if key.bytes.isEmpty || key.bytes.count > 20 || !key.bytes.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw tensorFault(.torchStorage, found: "the key \"\(key)\"", required: "a decimal number")
        }
        if count < 0 || count.multipliedReportingOverflow(by: storedType?.byteCount ?? 1).overflow {
            throw tensorFault(.picklePersistentID, found: "\(count) elements", required: "a count below 2^63 bytes")
        }
        return try storage(
            PickleStorage(
                key: key, storedType: storedType, elementCount: count, offset: origin.offset(of: operationPosition)))
    }

    /// Adds a storage. The same key must always refer to the same storage.
    private mutating func storage(_ storage: PickleStorage) throws(InputError) -> Int {
        if let index = heap.storageOfKey[storage.key] {
            let other = heap.storages[index]
            if other.storedType != storage.storedType || other.elementCount != storage.elementCount {
                throw tensorFault(
                    .torchStorage, found: "the storage \"\(storage.key)\" with another type or size",
                    required: "the type and size that it has at byte \(other.offset)")
            }
            return index
        }
        heap.storages.append(storage)
        heap.storageOfKey[storage.key] = heap.storages.count - 1
        return heap.storages.count - 1
    }

    /// Pushes the tensor of `(storage, offset, size, strides, …)`. `elementType` is required for a storage of bytes.
    mutating func pushTensor(_ arguments: [PickleValue], elementType: StoredType?) throws(InputError) {
        guard case .storage(let storageIndex) = arguments[0], case .integer(let elementOffset) = arguments[1],
            case .tuple(let sizeTuple) = arguments[2], case .tuple(let strideTuple) = arguments[3],
            let size = integers(sizeTuple), let strides = integers(strideTuple)
        else { throw badArguments("a storage, an offset, a size and strides") }
        let storage = heap.storages[storageIndex]
        if elementType != nil, storage.storedType != nil { throw badArguments("a storage of bytes") }
        let storedType = elementType ?? storage.storedType ?? .uint8
        if size.count > Self.rankLimit {
            throw tensorFault(.pickleTensorLimit, found: "rank \(size.count)", required: "at most \(Self.rankLimit)")
        }
        guard let shape = TensorShape(size), strides.count == size.count, strides.allSatisfy({ $0 >= 0 }),
            elementOffset >= 0
        else {
            throw tensorFault(
                .tensorExtent, found: "size \(size), strides \(strides), offset \(elementOffset)",
                required: "no negative numbers, as many strides as sizes, and a product below 2^63")
        }
        let available = storage.byteCount / storedType.byteCount
        let view = StridedView(shape: shape, strides: strides, offset: elementOffset)
        guard let end = view.end, end <= available else {
            throw tensorFault(
                .tensorExtent, found: "size \(size), strides \(strides), offset \(elementOffset)",
                required: "elements within the \(available) of storage \"\(storage.key)\"")
        }
        if shape.elementCount > available {
            throw tensorFault(
                .pickleTensorLimit, found: "\(shape.elementCount) elements",
                required: "at most the \(available) of its storage")
        }
        heap.tensors.append(
            PickleTensor(
                storageIndex: storageIndex, storedType: storedType, shape: shape, strides: strides,
                elementOffset: elementOffset, offset: origin.offset(of: operationPosition)))
        try push(.tensor(heap.tensors.count - 1))
    }

    private func integers(_ tuple: Int) -> [Int]? {
        var integers: [Int] = []
        for value in heap.containers[tuple].items {
            guard case .integer(let integer) = value else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
