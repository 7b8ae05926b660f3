import Kernels
import Model

/// Yields blocks of rows of planned tensors: reads, checks and converts them, and merges adapters.
///
/// Holds scratch buffers that grow to the largest block; one evaluator serves one worker at a time.
@safe public struct PlanEvaluator: ~Copyable {
    let files: [InputFile]
    let factorCache: FactorCache
    let kernels: skip_kernels
    var stored: AlignedBuffer
    private var widened: AlignedBuffer
    /// Rows of an adapter's tensor.
    var factorRows: AlignedBuffer
    /// Rows of a weight around those that are asked for.
    var tileRows: AlignedBuffer
    /// A weight before and after merging, for its figures.
    var figureValues: AlignedBuffer
    var narrowedBase: AlignedBuffer
    /// Floats that are to be quantized.
    var unrounded: AlignedBuffer
    private var gather = StridedGather()
    /// How far the rows of int8 that were asked for last are from the floats that they were made of.
    public internal(set) var figures = QuantizationFigures.zero

    /// `files` stand for the graph's sources, in the same order. Evaluators of several threads share `factors`.
    public init(files: [InputFile], factors: FactorCache = FactorCache()) {
        self.files = files
        factorCache = factors
        // SAFETY: the table is a constant of the Kernels library.
        unsafe kernels = skip_kernels_best().pointee
        stored = AlignedBuffer()
        widened = AlignedBuffer()
        factorRows = AlignedBuffer()
        tileRows = AlignedBuffer()
        figureValues = AlignedBuffer()
        narrowedBase = AlignedBuffer()
        unrounded = AlignedBuffer()
    }

    /// Fills `destination` with rows `rows` of the plan, in the plan's storage.
    ///
    /// `destination` must hold exactly those rows; rows of int8 are whole records. Throws if a weight is not finite, or
    /// becomes infinite in float16.
    public mutating func rows(_ rows: Range<Int>, of plan: TensorPlan, into destination: UnsafeMutableRawBufferPointer)
        throws(InputError)
    {
        switch plan {
        case .stored(let tensor): try unsafe read(tensor, rows: rows, into: destination)
        case .converted(.stored(let tensor), to: let elementType):
            let count = rows.count * tensor.shape.columnCount
            let input = unsafe stored.reserve(count * tensor.elementType.byteCount)
            try unsafe read(tensor, rows: rows, into: input)
            try unsafe convert(input, tensor, firstRow: rows.lowerBound, to: elementType, into: destination)
        case .converted(.converted(let inner, _), to: let elementType):
            // Conversions through a wider type collapse; passes do not build others.
            try unsafe self.rows(rows, of: .converted(inner, to: elementType), into: destination)
        case .converted(let input, to: let elementType):
            let count = rows.count * plan.shape.columnCount
            let values = unsafe elementType == .float32 ? floats(in: destination) : widened.floats(count)
            guard let values = unsafe values else { return }
            try unsafe floats(rows, of: input, into: values)
            guard elementType != .float32, let tensor = plan.sources.first else { return }
            let firstIndex = rows.lowerBound * plan.shape.columnCount
            try unsafe narrow(values, count, tensor, firstIndex: firstIndex, to: elementType, into: destination)
        case .adapted, .shifted, .unpacked:
            guard let values = unsafe floats(in: destination) else { return }
            try unsafe floats(rows, of: plan, into: values)
        case .quantized(let input, let groupSize):
            try unsafe quantize(rows, of: input, groupSize: groupSize, into: destination)
        }
    }

    /// The floats of a float32 plan's destination; nil if there are none.
    private func floats(in buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<Float>? {
        // SAFETY: destinations of float32 plans are aligned for floats, and nothing else is bound to them.
        unsafe buffer.assumingMemoryBound(to: Float.self).baseAddress
    }

    private mutating func read(_ tensor: SourceTensor, rows: Range<Int>, into buffer: UnsafeMutableRawBufferPointer)
        throws(InputError)
    {
        let file = files[tensor.sourceIndex]
        let source: any ByteSource
        if let record = tensor.compressedRecord { source = try file.contents(of: record) } else { source = file }
        if let strides = tensor.strides {
            try unsafe gather.rows(
                rows, of: StridedView(shape: tensor.shape, strides: strides),
                elementByteCount: tensor.elementType.byteCount, from: source, at: tensor.byteOffset, into: buffer)
        } else {
            let rowByteCount = tensor.shape.columnCount * tensor.elementType.byteCount
            try unsafe source.read(at: tensor.byteOffset + rows.lowerBound * rowByteCount, into: buffer)
        }
        let count = rows.count * tensor.shape.columnCount
        let bad = unsafe firstNonfinite(buffer, tensor.elementType, count)
        if bad < count {
            throw element(
                .nonFiniteWeight, tensor, index: rows.lowerBound * tensor.shape.columnCount + bad,
                found: "a NaN or infinity",
                required: "finite weights")
        }
    }

    /// Widens elements of a type that files can hold to float32, exactly.
    func widen(
        _ buffer: UnsafeMutableRawBufferPointer, _ elementType: ElementType, _ count: Int,
        into values: UnsafeMutablePointer<Float>
    ) {
        // SAFETY: both buffers hold `count` elements.
        unsafe kernels.widen(Int32(elementType.rawValue), buffer.baseAddress, values, count)
    }

    func firstNonfinite(_ buffer: UnsafeMutableRawBufferPointer, _ elementType: ElementType, _ count: Int)
        -> Int
    {
        if elementType == .float64 {
            for index in 0..<count
            where unsafe !buffer.loadUnaligned(fromByteOffset: index * 8, as: Double.self).isFinite { return index }
            return count
        }
        // SAFETY: the buffer holds `count` elements of the type.
        return unsafe kernels.first_nonfinite(Int32(elementType.rawValue), buffer.baseAddress, count)
    }

    private mutating func convert(
        _ input: UnsafeMutableRawBufferPointer, _ tensor: SourceTensor, firstRow: Int, to target: ElementType,
        into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        let count = input.count / tensor.elementType.byteCount
        let firstIndex = firstRow * tensor.shape.columnCount
        let buffer = unsafe target == .float32 ? destination : widened.reserve(count * 4)
        // SAFETY: both regions hold `count` floats and are aligned for them; no other type is bound to them.
        guard let values = unsafe buffer.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
        if tensor.elementType == .float64 {
            for index in 0..<count {
                let value = unsafe Float(input.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
                if !value.isFinite {
                    throw element(
                        .float16Overflow, tensor, index: firstIndex + index, found: "a number that float32 cannot hold")
                }
                unsafe values[index] = value
            }
        } else {
            // SAFETY: both buffers hold `count` elements.
            unsafe kernels.widen(Int32(tensor.elementType.rawValue), input.baseAddress, values, count)
        }
        if target == .float32 { return }
        try unsafe narrow(values, count, tensor, firstIndex: firstIndex, to: target, into: destination)
    }

    /// Rounds to the target type, which must hold every number.
    private func narrow(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, _ tensor: SourceTensor, firstIndex: Int,
        to target: ElementType, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) {
        // SAFETY: the destination holds `count` elements of the target type.
        unsafe kernels.narrow(Int32(target.rawValue), values, destination.baseAddress, count)
        let bad = unsafe firstNonfinite(destination, target, count)
        if bad < count {
            throw element(
                .float16Overflow, tensor, index: firstIndex + bad, found: unsafe "\(values[bad])",
                required: "numbers that \(target.shortName) can hold")
        }
    }

    func element(_ rule: InputRule, _ tensor: SourceTensor, index: Int, found: String, required: String = "")
        -> InputError
    {
        let columns = max(tensor.shape.columnCount, 1)
        return InputError(
            rule, file: files[tensor.sourceIndex].path, at: .tensor(tensor.name, headerOffset: nil),
            found: "\(found) at row \(index / columns), column \(index % columns)", required: required)
    }
}
