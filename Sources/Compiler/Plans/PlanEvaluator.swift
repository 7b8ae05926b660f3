import SkipFiles
import SkipKernels
import SkipModel
import SkipQuantize

/// Computes blocks of rows of planned tensors: reads, checks and converts them, and merges adapters.
///
/// Each thread has its own evaluator. `rows` computes what a file stores; `floats` evaluates an expression in float32.
@safe package struct PlanEvaluator: ~Copyable {
    let sources: PlanSources
    let kernels: skip_kernels
    var scratch = ScratchStack()
    var gather = StridedGather()
    /// The errors of the int8 rows of the last call of `rows` against the floats that were rounded.
    package private(set) var figures = QuantizationFigures.zero

    /// Creates an evaluator. Those of several threads share `sources`.
    package init(_ sources: PlanSources) {
        self.sources = sources
        // SAFETY: the table is a constant of the Kernels library.
        unsafe kernels = skip_kernels_best().pointee
    }

    /// The memory that an evaluator needs for all steps of a plan, in bytes, unless a row is very wide.
    static let scratchByteCount = 32 << 20
    /// The rows that an evaluator holds at a time if they are very wide: two int8 records, or two tiles of a product.
    static let largestBlockRowCount = 128

    // MARK: - In the storage of a file

    /// Fills `destination` with rows of the plan, in the plan's storage.
    ///
    /// `destination` must have exactly the size of those rows; int8 rows are whole records. Throws if a weight is not
    /// finite or overflows its type.
    package mutating func rows(
        _ rows: Range<Int>, of plan: TensorPlan, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        switch plan {
        case .stored(let tensor): try unsafe read(tensor, rows: rows, into: destination)
        case .slice(let input, let range): try unsafe self.rows(rows, of: range, in: input, into: destination)
        case .quantized(let input, let groupSize):
            try unsafe quantize(rows, of: input, groupSize: groupSize, into: destination)
        case .converted(_, to: .float32), .adapted, .shifted, .offset, .unpacked:
            // SAFETY: destinations of float32 plans are aligned for floats and not bound to another type.
            guard let values = unsafe destination.assumingMemoryBound(to: Float.self).baseAddress else { return }
            try unsafe floats(rows, of: plan, into: values)
        case .converted(let input, to: let elementType):
            let count = rows.count * plan.shape.columnCount
            let values = unsafe scratch.pushFloats(count)
            defer { scratch.pop() }
            try unsafe floats(rows, of: input, into: values)
            try unsafe narrow(values, count, of: plan, firstRow: rows.lowerBound, to: elementType, into: destination)
        }
    }

    private mutating func rows(
        _ rows: Range<Int>, of range: Range<Int>, in input: TensorPlan, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        guard input.shape.dimensions.count < 2 else {
            let shifted = rows.lowerBound + range.lowerBound..<rows.upperBound + range.lowerBound
            return try unsafe self.rows(shifted, of: input, into: destination)
        }
        // A vector is one row, and the range selects elements of it.
        let width = input.elementType.byteCount
        let vector = unsafe scratch.push(input.shape.elementCount * width)
        defer { scratch.pop() }
        try unsafe self.rows(0..<1, of: input, into: vector)
        // SAFETY: the verifier ensures that the range is inside the vector. The destination has room for its elements.
        let elements = unsafe UnsafeRawBufferPointer(
            rebasing: vector[range.lowerBound * width..<range.upperBound * width])
        unsafe destination.copyMemory(from: elements)
    }

    /// Fills `destination` with the int8 records of `rows`, which start at a record and end at one or at the last row.
    private mutating func quantize(
        _ rows: Range<Int>, of input: TensorPlan, groupSize: Int, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        let columnCount = input.shape.columnCount
        let recordRowCount = TensorStorage.int8RecordRowCount
        let rounding = Int8Rounding(columnCount: columnCount, groupSize: groupSize)
        precondition(rows.lowerBound % recordRowCount == 0)
        let stepRowCount = max(Self.quantizedFloatCount / columnCount / recordRowCount, 1) * recordRowCount
        let values = unsafe scratch.pushFloats(stepRowCount * columnCount)
        defer { scratch.pop() }
        var figures = QuantizationFigures.zero
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stepRowCount) {
            let step = start..<min(start + stepRowCount, rows.upperBound)
            try unsafe floats(step, of: input, into: values)
            for row in stride(from: step.lowerBound, to: step.upperBound, by: recordRowCount) {
                let offset = (row - rows.lowerBound) / recordRowCount * rounding.recordByteCount
                // SAFETY: the destination has room for the records of all rows, and `values` for the rows of this step.
                let record = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: destination[offset..<offset + rounding.recordByteCount])
                unsafe figures.add(
                    rounding.round(
                        values + (row - step.lowerBound) * columnCount,
                        rowCount: min(recordRowCount, step.upperBound - row), into: record))
            }
        }
        self.figures = figures
    }

    /// The number of floats that are rounded to int8 at a time, unless a record has more. They fit the processor's
    /// cache.
    private static let quantizedFloatCount = 1 << 16

    // MARK: - In float32

    /// Returns rows of a plan in float32.
    package mutating func floats(_ rows: Range<Int>, of plan: TensorPlan) throws(InputError) -> [Float] {
        var values = [Float](repeating: 0, count: rows.count * plan.shape.columnCount)
        var failure: InputError?
        // SAFETY: the buffer is only used inside the closure, and has room for the rows.
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            do throws(InputError) { try unsafe floats(rows, of: plan, into: start) } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }

    /// Fills `values` with rows of a plan in float32, without conversions and int8 rounding, which are always the last
    /// steps of a plan.
    mutating func floats(
        _ rows: Range<Int>, of plan: TensorPlan, into values: UnsafeMutablePointer<Float>
    ) throws(InputError) {
        let count = rows.count * plan.shape.columnCount
        switch plan {
        case .stored(let tensor): try unsafe widen(tensor, rows: rows, into: values)
        case .unpacked(let tensor, let groupSize):
            try unsafe unpack(rows, of: tensor, groupSize: groupSize, into: values)
        case .converted(let input, _), .quantized(let input, _): try unsafe floats(rows, of: input, into: values)
        case .slice(let input, let range):
            if input.shape.dimensions.count < 2 {
                let vector = unsafe scratch.pushFloats(input.shape.elementCount)
                defer { scratch.pop() }
                try unsafe floats(0..<1, of: input, into: vector)
                unsafe values.update(from: vector + range.lowerBound, count: range.count)
            } else {
                let shifted = rows.lowerBound + range.lowerBound..<rows.upperBound + range.lowerBound
                try unsafe floats(shifted, of: input, into: values)
            }
        case .adapted(let input, let update):
            try unsafe floats(rows, of: input, into: values)
            try unsafe add(
                update, to: values, rows: rows, rowCount: plan.shape.rowCount, columnCount: plan.shape.columnCount)
            try unsafe checkFinite(values, rows: rows, of: plan, cause: "\"\(update.loraB.name)\" merged")
        case .shifted(let input, let addend, let scale):
            try unsafe floats(rows, of: input, into: values)
            let addends = unsafe scratch.pushFloats(count)
            defer { scratch.pop() }
            try unsafe widen(addend, rows: rows, into: addends)
            for index in 0..<count { unsafe values[index] += scale * addends[index] }
            try unsafe checkFinite(values, rows: rows, of: plan, cause: "\"\(addend.name)\" merged")
        case .offset(let input, let constant):
            try unsafe floats(rows, of: input, into: values)
            for index in 0..<count { unsafe values[index] += constant }
            try unsafe checkFinite(values, rows: rows, of: plan, cause: "\(constant) added")
        }
    }
}
