import SkipFormat
import SkipModel

/// How a block is stored. Raw values are those of the index.
public enum BlockEncoding: UInt8, Sendable, CaseIterable {
    /// The raw bytes.
    case stored = 0
    /// One plane: the raw bytes.
    case whole = 1
    /// Two planes of the bytes of rotated 16-bit elements.
    case bytes16 = 2
    /// Four planes of the bytes of rotated 32-bit elements.
    case bytes32 = 3
    /// A plane of int8 values, and two of the bytes of their scales.
    case records = 4
}

/// How a block is divided into planes.
struct PlaneLayout: Equatable {
    let encoding: BlockEncoding
    /// Bytes of an int8 record, and those of its values; 0 for other encodings.
    var recordByteCount = 0
    var valueByteCount = 0

    static let whole = PlaneLayout(encoding: .whole)

    /// The layout for the type of a tensor.
    init(_ tensor: TensorRecord) {
        switch tensor.elementType {
        case .float16, .bfloat16: encoding = .bytes16
        case .float32: encoding = .bytes32
        case .int8:
            encoding = .records
            recordByteCount = tensor.recordByteCount
            valueByteCount = tensor.storage.valueByteCount(columnCount: tensor.shape.columnCount)
        case .float64: encoding = .whole
        }
    }

    init(encoding: BlockEncoding) { self.encoding = encoding }

    /// Returns the length of each plane of a block of `byteCount` raw bytes.
    func planeByteCounts(_ byteCount: Int) -> [Int] {
        switch encoding {
        case .stored: return []
        case .whole: return [byteCount]
        case .bytes16: return [byteCount / 2, byteCount / 2]
        case .bytes32: return [Int](repeating: byteCount / 4, count: 4)
        case .records:
            let recordCount = byteCount / recordByteCount
            let scalePlane = recordCount * (recordByteCount - valueByteCount) / 2
            return [recordCount * valueByteCount, scalePlane, scalePlane]
        }
    }
}
