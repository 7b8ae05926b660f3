import SkipFiles
import SkipModel
import SkipQuantize

// Reading stored tensors, converting elements, and checking that all numbers are finite.
extension PlanEvaluator {
    /// Fills `buffer` with rows of a stored tensor in its stored type.
    mutating func read(
        _ tensor: SourceTensor, rows: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        let source = try sources.bytes(of: tensor)
        if let strides = tensor.strides {
            try unsafe gather.rows(
                rows, of: StridedView(shape: tensor.shape, strides: strides),
                elementByteCount: tensor.elementType.byteCount, from: source, at: tensor.byteOffset, into: buffer)
        } else {
            let rowByteCount = tensor.shape.columnCount * tensor.elementType.byteCount
            try unsafe source.read(at: tensor.byteOffset + rows.lowerBound * rowByteCount, into: buffer)
        }
        let count = rows.count * tensor.shape.columnCount
        let bad = unsafe firstNonfinite(UnsafeRawBufferPointer(buffer), tensor.elementType, count)
        if bad < count {
            throw element(
                .nonFiniteWeight, tensor, index: rows.lowerBound * tensor.shape.columnCount + bad,
                found: "a NaN or infinity", required: "finite weights")
        }
    }

    /// Fills `values` with rows of a stored tensor in float32.
    mutating func widen(
        _ tensor: SourceTensor, rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(InputError) {
        let count = rows.count * tensor.shape.columnCount
        if tensor.elementType == .float32 {
            // SAFETY: `values` has room for `count` floats.
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                start: values, count: count * MemoryLayout<Float>.stride)
            return try unsafe read(tensor, rows: rows, into: bytes)
        }
        let stored = unsafe scratch.push(count * tensor.elementType.byteCount)
        defer { scratch.pop() }
        try unsafe read(tensor, rows: rows, into: stored)
        guard tensor.elementType == .float64 else {
            return unsafe widen(UnsafeRawBufferPointer(stored), tensor.elementType, count, into: values)
        }
        for index in 0..<count {
            let value = unsafe Float(stored.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
            if !value.isFinite {
                throw element(
                    .float32Overflow, tensor, index: rows.lowerBound * tensor.shape.columnCount + index,
                    found: "a number beyond the range of float32")
            }
            unsafe values[index] = value
        }
    }

    /// Converts elements of at most 32 bits to float32, exactly.
    func widen(
        _ buffer: UnsafeRawBufferPointer, _ elementType: ElementType, _ count: Int,
        into values: UnsafeMutablePointer<Float>
    ) {
        // SAFETY: both buffers have room for `count` elements.
        unsafe kernels.widen(Int32(elementType.rawValue), buffer.baseAddress, values, count)
    }

    /// Fills `values` with rows of an int8 tensor of a `.skipgpt` file.
    mutating func unpack(
        _ rows: Range<Int>, of tensor: SourceTensor, groupSize: Int, into values: UnsafeMutablePointer<Float>
    ) throws(InputError) {
        let columnCount = tensor.shape.columnCount
        let rounding = Int8Rounding(columnCount: columnCount, groupSize: groupSize)
        let recordRowCount = TensorStorage.int8RecordRowCount
        let first = rows.lowerBound / recordRowCount
        let end = (rows.upperBound + recordRowCount - 1) / recordRowCount
        let records = unsafe scratch.push((end - first) * rounding.recordByteCount)
        defer { scratch.pop() }
        try unsafe sources.bytes(of: tensor).read(
            at: tensor.byteOffset + first * rounding.recordByteCount, into: records)
        let firstRow = first * recordRowCount
        unsafe rounding.widen(
            UnsafeRawBufferPointer(records), rows: rows.lowerBound - firstRow..<rows.upperBound - firstRow,
            into: values)
        let count = rows.count * columnCount
        let bytes = unsafe UnsafeRawBufferPointer(start: values, count: count * MemoryLayout<Float>.stride)
        let bad = unsafe firstNonfinite(bytes, .float32, count)
        if bad < count {
            throw element(
                .nonFiniteWeight, tensor, index: rows.lowerBound * columnCount + bad, found: "a NaN or infinity",
                required: "finite weights")
        }
    }

    /// Rounds floats to a narrower type. Throws if one of them overflows. `firstRow` is the plan's row of the first
    /// float.
    func narrow(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, of plan: TensorPlan, firstRow: Int,
        to target: ElementType, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        // SAFETY: the destination has room for `count` elements of the target type.
        unsafe kernels.narrow(Int32(target.rawValue), values, destination.baseAddress, count)
        let bad = unsafe firstNonfinite(UnsafeRawBufferPointer(destination), target, count)
        guard bad < count, let tensor = plan.sources.first else { return }
        throw element(
            .float16Overflow, tensor, index: (firstRow + plan.firstSourceRow) * plan.shape.columnCount + bad,
            found: unsafe "\(values[bad])", required: "numbers in the range of \(target.shortName)")
    }

    /// Throws if a computed number is not finite. `cause` says what was computed, as part of the message.
    func checkFinite(
        _ values: UnsafeMutablePointer<Float>, rows: Range<Int>, of plan: TensorPlan, cause: String
    ) throws(InputError) {
        let count = rows.count * plan.shape.columnCount
        // SAFETY: the block has `count` floats.
        let bytes = unsafe UnsafeRawBufferPointer(start: values, count: count * MemoryLayout<Float>.stride)
        let bad = unsafe firstNonfinite(bytes, .float32, count)
        guard bad < count, let tensor = plan.sources.first else { return }
        throw element(
            .mergedNotFinite, tensor, index: (rows.lowerBound + plan.firstSourceRow) * plan.shape.columnCount + bad,
            found: unsafe "\(values[bad]) with \(cause),", required: "finite numbers")
    }

    /// Returns the index of the first element that is infinite or not a number; `count` if there is none.
    private func firstNonfinite(_ buffer: UnsafeRawBufferPointer, _ elementType: ElementType, _ count: Int) -> Int {
        if elementType == .float64 {
            for index in 0..<count
            where unsafe !buffer.loadUnaligned(fromByteOffset: index * 8, as: Double.self).isFinite { return index }
            return count
        }
        // SAFETY: the buffer has `count` elements of the type.
        return unsafe kernels.first_nonfinite(Int32(elementType.rawValue), buffer.baseAddress, count)
    }

    /// Returns an error at an element of a stored tensor.
    private func element(
        _ rule: InputRule, _ tensor: SourceTensor, index: Int, found: String, required: String = ""
    ) -> InputError {
        let columns = max(tensor.shape.columnCount, 1)
        return InputError(
            rule, file: sources.files[tensor.sourceIndex].path, at: .tensor(tensor.name, headerOffset: nil),
            found: "\(found) at row \(index / columns), column \(index % columns)", required: required)
    }
}

extension TensorPlan {
    /// The row of the stored tensor that is the first row of the plan.
    fileprivate var firstSourceRow: Int {
        let shift: Int
        if case .slice(let input, let range) = self, input.shape.dimensions.count >= 2 {
            shift = range.lowerBound
        } else {
            shift = 0
        }
        return shift + (input?.firstSourceRow ?? 0)
    }
}
