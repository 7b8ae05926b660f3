import SkipFiles
import SkipModel

/// An entry of the tensor table.
public struct TensorRecord: Equatable, Sendable {
    public let id: TensorID
    public let storage: TensorStorage
    public let shape: TensorShape
    /// Its section in the section table.
    public let sectionIndex: Int
    /// Absolute position in the file.
    public let byteOffset: Int
    public let byteCount: Int
    /// How its rows are split into blocks that are hashed and written alone.
    public let leaves: LeafGeometry

    /// Absolute positions of its bytes.
    public var byteRange: Range<Int> { byteOffset..<byteOffset + byteCount }

    public var elementType: ElementType { storage.elementType }

    /// Positions of the fields in an entry.
    enum Offset {
        static let role = 0
        static let elementType = 2
        static let packing = 3
        static let layer = 4
        static let sectionIndex = 8
        static let rank = 12
        static let dimensions = 16
        static let byteOffset = 32
        static let byteCount = 40
        static let firstLeaf = 48
        static let leafCount = 56
        static let rowsPerLeaf = 60
        static let groupSize = 64
        static let reserved = 68
    }

    /// The largest number of dimensions in an entry.
    static let dimensionLimit = 4

    func encode(into writer: inout ByteWriter) {
        let end = writer.bytes.count + FormatLimits.tensorEntryByteCount
        writer.append(id.role.rawValue)
        writer.append(elementType.rawValue)
        writer.append(storage.packing.rawValue)
        writer.append(id.layer.map(UInt32.init) ?? FormatLimits.none)
        writer.append(UInt32(sectionIndex))
        writer.append(UInt32(shape.dimensions.count))
        for index in 0..<Self.dimensionLimit {
            writer.append(index < shape.dimensions.count ? UInt32(shape.dimensions[index]) : 0)
        }
        writer.append(UInt64(byteOffset))
        writer.append(UInt64(byteCount))
        writer.append(UInt64(leaves.firstLeaf))
        writer.append(UInt32(leaves.leafCount))
        writer.append(UInt32(leaves.rowsPerLeaf))
        writer.append(UInt32(storage.groupSize))
        writer.pad(to: end)
    }

    /// Bytes of one row or, for an int8 tensor, of a record of rows.
    public var recordByteCount: Int { storage.recordByteCount(columnCount: shape.columnCount) }

    /// Returns the rows of a leaf, given by its index within the tensor.
    public func rows(ofLeaf index: Int) -> Range<Int> {
        leaves.rows(ofLeaf: index, rowCount: shape.rowCount)
    }

    /// Returns the absolute positions of a leaf's bytes.
    public func byteRange(ofLeaf index: Int) -> Range<Int> {
        let rows = rows(ofLeaf: index)
        let first = rows.lowerBound / storage.recordRowCount
        let end = storage.recordCount(rowCount: rows.upperBound)
        return byteOffset + first * recordByteCount..<byteOffset + end * recordByteCount
    }
}

/// The order of a tensor's elements in its bytes. Raw values are those of the tensor table.
public enum Packing: UInt8, Sendable, CaseIterable {
    /// Row after row, without gaps.
    case rowMajor = 0
    /// Records of sixteen rows: the values in tiles, then the scales.
    case rowsBySixteen = 1
}

extension TensorStorage {
    /// Every element type has one packing.
    public var packing: Packing { elementType == .int8 ? .rowsBySixteen : .rowMajor }
}

extension ElementType {
    /// Whether version 1.0 of the format stores the type.
    var isStorable: Bool { self != .float64 }
}
