import SkipFiles
import SkipModel

/// Checks the records of an int8 tensor, which opening does not read.
struct QuantizedRecords {
    let file: MappedFile
    let tensor: TensorRecord

    private var columnCount: Int { tensor.shape.columnCount }
    private var valueByteCount: Int { tensor.storage.valueByteCount(columnCount: columnCount) }
    private var groupCount: Int { tensor.storage.groupCount(columnCount: columnCount) }

    /// Returns the first rule that a record of a leaf breaks.
    func violation(inLeaf leaf: Int) -> RuleViolation? {
        let range = tensor.byteRange(ofLeaf: leaf)
        let firstRow = tensor.rows(ofLeaf: leaf).lowerBound
        for (index, start) in stride(from: range.lowerBound, to: range.upperBound, by: tensor.recordByteCount)
            .enumerated()
        {
            let row = firstRow + index * TensorStorage.int8RecordRowCount
            let rowCount = min(TensorStorage.int8RecordRowCount, tensor.shape.rowCount - row)
            if let violation = violation(inRecordAt: start, rowCount: rowCount) { return violation }
        }
        return nil
    }

    private func violation(inRecordAt start: Int, rowCount: Int) -> RuleViolation? {
        paddingViolation(start, rowCount: rowCount) ?? scaleViolation(start) ?? valueViolation(start)
    }

    private func paddingViolation(_ start: Int, rowCount: Int) -> RuleViolation? {
        let scales = start + valueByteCount
        let end = scales + groupCount * TensorStorage.int8RecordRowCount * TensorStorage.scaleByteCount
        var ranges = [end..<start + tensor.recordByteCount]
        let unit = TensorStorage.groupSizeUnit
        if rowCount < TensorStorage.int8RecordRowCount {
            for tile in stride(from: start, to: scales, by: TensorStorage.tileByteCount) {
                ranges.append(tile + rowCount * unit..<tile + TensorStorage.tileByteCount)
            }
            let rowsByteCount = TensorStorage.int8RecordRowCount * TensorStorage.scaleByteCount
            for group in stride(from: scales, to: end, by: rowsByteCount) {
                ranges.append(group + rowCount * TensorStorage.scaleByteCount..<group + rowsByteCount)
            }
        }
        let usedColumns = columnCount % unit
        if usedColumns > 0 {
            let tile = scales - TensorStorage.tileByteCount
            for row in 0..<rowCount { ranges.append(tile + row * unit + usedColumns..<tile + (row + 1) * unit) }
        }
        for range in ranges {
            if let offset = file.firstNonzero(in: range) { return broken(.recordPadding, at: offset) }
        }
        return nil
    }

    private func scaleViolation(_ start: Int) -> RuleViolation? {
        for index in 0..<groupCount * TensorStorage.int8RecordRowCount {
            let offset = scaleOffset(start, index)
            // The bits of infinity, NaN and all negative numbers, including minus zero, are at least 0x7F80.
            if file.integer(UInt16.self, at: offset) >= 0x7F80 { return broken(.scale, at: offset) }
        }
        return nil
    }

    private func valueViolation(_ start: Int) -> RuleViolation? {
        let values = start..<start + valueByteCount
        // SAFETY: the record is inside the file, and its values are whole tiles.
        let tiles = unsafe file.bytes(values).bindMemory(to: SIMD64<UInt8>.self)
        for index in tiles.indices where unsafe any(tiles[index] .== 0x80) {
            for offset in values.lowerBound + index * TensorStorage.tileByteCount..<values.upperBound
            where file.integer(UInt8.self, at: offset) == 0x80 {
                return broken(.quantizedValue, at: offset)
            }
        }
        for index in 0..<groupCount * TensorStorage.int8RecordRowCount
        where file.integer(UInt16.self, at: scaleOffset(start, index)) == 0 {
            if let violation = violation(inZeroGroup: index, start) { return violation }
        }
        return nil
    }

    /// Checks the values of a row's group whose scale is 0.
    private func violation(inZeroGroup index: Int, _ start: Int) -> RuleViolation? {
        let unit = TensorStorage.groupSizeUnit
        let groupSize = tensor.storage.groupSize == 0 ? columnCount : tensor.storage.groupSize
        let (group, row) = index.quotientAndRemainder(dividingBy: TensorStorage.int8RecordRowCount)
        let end = min((group + 1) * groupSize, columnCount)
        for tile in group * groupSize / unit..<(end + unit - 1) / unit {
            let offset = start + tile * TensorStorage.tileByteCount + row * unit
            if file.integer(UInt32.self, at: offset) != 0 { return broken(.quantizedValue, at: offset) }
        }
        return nil
    }

    private func scaleOffset(_ start: Int, _ index: Int) -> Int {
        start + valueByteCount + index * TensorStorage.scaleByteCount
    }

    private func broken(_ rule: FormatRule, at offset: Int) -> RuleViolation {
        let found: RuleViolation.Finding =
            rule == .scale
            ? .number(Int64(file.integer(UInt16.self, at: offset)))
            : .number(Int64(file.integer(Int8.self, at: offset)))
        return RuleViolation(rule, at: offset, .tensor(tensor.id), found: found)
    }
}
