/// A string from a file, compared by its bytes.
///
/// `String` compares by canonical equivalence, so that two names of tensors or tokens with different bytes could be the
/// same key. Names from files are therefore kept as bytes. Up to 15 bytes are stored inline, so that most words of a
/// vocabulary need no allocation.
public struct ByteString: Hashable, Sendable {
    private enum Storage: Sendable {
        /// The bytes in little-endian order, then zeros, and the count in the highest byte.
        case short(UInt64, UInt64)
        /// More than `shortByteLimit` bytes.
        case long([UInt8])
    }

    private static let shortByteLimit = 15
    private static let countShift: UInt64 = 56

    private let storage: Storage

    public init(bytes: [UInt8]) {
        storage = bytes.count > Self.shortByteLimit ? .long(bytes) : Self.short(bytes.span)
    }

    public init(bytes: Span<UInt8>) {
        guard bytes.count > Self.shortByteLimit else {
            storage = Self.short(bytes)
            return
        }
        storage = .long(
            // SAFETY: the bytes are copied within the call.
            unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
    }

    public init(_ string: String) { self.init(bytes: Array(string.utf8)) }

    private static func short(_ bytes: Span<UInt8>) -> Storage {
        var low: UInt64 = 0
        var high = UInt64(bytes.count) << countShift
        for index in bytes.indices {
            let byte = UInt64(bytes[index]) << (UInt64(index % 8) * 8)
            if index < 8 { low |= byte } else { high |= byte }
        }
        return .short(low, high)
    }

    public var count: Int {
        switch storage {
        case .short(_, let high): Int(high >> Self.countShift)
        case .long(let bytes): bytes.count
        }
    }

    public var isEmpty: Bool { count == 0 }

    public var bytes: [UInt8] {
        guard case .long(let bytes) = storage else {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            append(to: &bytes)
            return bytes
        }
        return bytes
    }

    /// Appends the bytes to an array.
    public func append(to bytes: inout [UInt8]) {
        switch storage {
        case .short(let low, let high):
            for index in 0..<count {
                bytes.append(UInt8(truncatingIfNeeded: (index < 8 ? low : high) >> (UInt64(index % 8) * 8)))
            }
        case .long(let own): bytes.append(contentsOf: own)
        }
    }
}

extension ByteString {
    public static func == (left: ByteString, right: ByteString) -> Bool {
        switch (left.storage, right.storage) {
        case (.short(let leftLow, let leftHigh), .short(let rightLow, let rightHigh)):
            leftLow == rightLow && leftHigh == rightHigh
        case (.long(let left), .long(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch storage {
        case .short(let low, let high):
            hasher.combine(low)
            hasher.combine(high)
        case .long(let bytes): bytes.hash(into: &hasher)
        }
    }

    /// Returns a fast hash for tables within one process. Collisions cannot be chosen while the seeds are secret.
    public func seededHash(_ seeds: (UInt64, UInt64)) -> UInt64 {
        switch storage {
        case .short(let low, let high):
            let product = (low ^ seeds.0).multipliedFullWidth(by: high ^ seeds.1)
            return product.high ^ product.low
        case .long(let bytes): return UInt64(bitPattern: Int64(bytes.hashValue)) ^ seeds.0
        }
    }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: Comparable {
    /// Orders by unsigned bytes; a prefix precedes the longer string.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        switch (left.storage, right.storage) {
        case (.short(let leftLow, let leftHigh), .short(let rightLow, let rightHigh)):
            // As big-endian numbers, zeros follow the bytes and the count is the last byte.
            (leftLow.byteSwapped, leftHigh.byteSwapped) < (rightLow.byteSwapped, rightHigh.byteSwapped)
        case (.long(let left), .long(let right)): left.lexicographicallyPrecedes(right)
        default: left.bytes.lexicographicallyPrecedes(right.bytes)
        }
    }
}

extension ByteString: CustomStringConvertible {
    /// The number of bytes of the name that `description` prints at most.
    public static let printedByteLimit = 200

    /// The name in a form that is safe to print to a terminal. Control characters, bidirectional overrides and bytes
    /// that are not UTF-8 appear as `\xNN`. A name longer than `printedByteLimit` is truncated.
    public var description: String {
        var printed = ""
        let shown = Array(bytes.prefix(Self.printedByteLimit))
        var position = 0
        while position < shown.count {
            let length = min(Self.sequenceLength(shown[position]), shown.count - position)
            let sequence = shown[position..<position + length]
            if let scalar = Self.scalar(sequence), PrintableText.isPrintable(scalar) {
                printed.unicodeScalars.append(scalar)
                position += length
            } else {
                printed += PrintableText.escape(shown[position])
                position += 1
            }
        }
        return count > Self.printedByteLimit ? printed + "…" : printed
    }

    private static func sequenceLength(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func scalar(_ sequence: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let text = String(validating: sequence, as: UTF8.self), text.unicodeScalars.count == 1 else { return nil }
        return text.unicodeScalars.first
    }
}
