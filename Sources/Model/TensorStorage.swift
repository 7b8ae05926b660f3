/// How a `.skipgpt` file stores a tensor: the type of its elements and, for int8, how many of them share a scale.
///
/// Float types are stored row after row. int8 is stored in *records* of 16 rows: the values in tiles, then the scales
/// (`specs/quantization.md`). A record is the smallest part that is computed, read or written alone.
public struct TensorStorage: Hashable, Sendable {
    public let elementType: ElementType
    /// Columns that share a scale: a multiple of `groupSizeUnit`, less than the columns of the tensor; 0: all of a row.
    /// 0 for float types.
    public let groupSize: Int

    /// Rows of a record of an int8 tensor.
    public static let int8RecordRowCount = 16
    /// Columns of a tile; groups are whole tiles.
    public static let groupSizeUnit = 4
    /// Bytes of a tile: the values of `int8RecordRowCount` rows and `groupSizeUnit` columns.
    public static let tileByteCount = int8RecordRowCount * groupSizeUnit
    /// Records are padded to multiples of this many bytes.
    public static let recordAlignment = 64

    /// Creates the storage of a float tensor, or of an int8 tensor with one scale per row.
    public init(_ elementType: ElementType) {
        self.elementType = elementType
        groupSize = 0
    }

    /// Creates the storage with a group size as a file states it, which `isValid` checks.
    public init(_ elementType: ElementType, groupSize: Int) {
        self.elementType = elementType
        self.groupSize = groupSize
    }

    /// Whether a tensor with rows of `columnCount` may be stored so.
    public func isValid(columnCount: Int) -> Bool {
        if groupSize == 0 { return true }
        return elementType == .int8 && groupSize > 0 && groupSize % Self.groupSizeUnit == 0 && groupSize < columnCount
    }

    /// Rows of a record; 1 for float types.
    public var recordRowCount: Int { elementType == .int8 ? Self.int8RecordRowCount : 1 }

    /// Returns the number of groups, and so of scales, in a row of `columnCount`.
    public func groupCount(columnCount: Int) -> Int {
        groupSize == 0 ? 1 : (columnCount + groupSize - 1) / groupSize
    }

    /// Returns the bytes before the scales in an int8 record.
    public func valueByteCount(columnCount: Int) -> Int {
        (columnCount + Self.groupSizeUnit - 1) / Self.groupSizeUnit * Self.tileByteCount
    }

    /// Returns the bytes of a record with rows of `columnCount`. Neither this nor its product with a row count
    /// overflows, because of the file's limits.
    public func recordByteCount(columnCount: Int) -> Int {
        guard elementType == .int8 else { return columnCount * elementType.byteCount }
        let scaleByteCount = groupCount(columnCount: columnCount) * Self.int8RecordRowCount * Self.scaleByteCount
        let byteCount = valueByteCount(columnCount: columnCount) + scaleByteCount
        return (byteCount + Self.recordAlignment - 1) / Self.recordAlignment * Self.recordAlignment
    }

    /// Returns the number of records that hold `rowCount` rows.
    public func recordCount(rowCount: Int) -> Int { (rowCount + recordRowCount - 1) / recordRowCount }

    /// Returns the bytes of a tensor.
    public func byteCount(of shape: TensorShape) -> Int {
        recordCount(rowCount: shape.rowCount) * recordByteCount(columnCount: shape.columnCount)
    }

    /// Bytes of a bfloat16 scale.
    public static let scaleByteCount = 2
}

extension TensorStorage: CustomStringConvertible {
    /// `bf16`, `int8/128`; `int8` with one scale per row.
    public var description: String { elementType.shortName + (groupSize == 0 ? "" : "/\(groupSize)") }
}
