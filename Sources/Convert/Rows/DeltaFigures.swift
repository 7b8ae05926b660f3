import Model

/// What merging does to a weight, and how much of that the rounding to the output's type leaves: `specs/lora.md`, section 6.
public struct DeltaFigures: Equatable, Sendable {
    /// Elements of the weight.
    public private(set) var count = 0
    /// Elements whose rounded value is another with the adapters merged than without.
    public private(set) var changedCount = 0
    private var baseSquares = 0.0
    private var deltaSquares = 0.0
    private var keptProducts = 0.0

    public init() {}

    /// ‖delta‖ / ‖base‖, before rounding.
    public var relativeSize: Double { baseSquares > 0 ? (deltaSquares / baseSquares).squareRoot() : 0 }

    /// The share of elements that change.
    public var changedShare: Double { count > 0 ? Double(changedCount) / Double(count) : 0 }

    /// ⟨delta after rounding, delta⟩ / ⟨delta, delta⟩: 1 if rounding leaves the delta as it is, 0 if nothing of it is left.
    public var survival: Double { deltaSquares > 0 ? keptProducts / deltaSquares : 1 }

    /// Counts one element: its value without and with the adapters, before and after rounding.
    mutating func add(base: Float, merged: Float, roundedBase: Float, roundedMerged: Float) {
        let delta = Double(merged) - Double(base)
        count += 1
        if roundedBase != roundedMerged { changedCount += 1 }
        baseSquares += Double(base) * Double(base)
        deltaSquares += delta * delta
        keptProducts += delta * (Double(roundedMerged) - Double(roundedBase))
    }

    public static func += (left: inout DeltaFigures, right: DeltaFigures) {
        left.count += right.count
        left.changedCount += right.changedCount
        left.baseSquares += right.baseSquares
        left.deltaSquares += right.deltaSquares
        left.keptProducts += right.keptProducts
    }
}

extension TensorPlan {
    /// An adapter changes the tensor.
    public var isAdapted: Bool {
        switch self {
        case .stored, .unpacked: false
        case .converted(let input, _), .quantized(let input, _): input.isAdapted
        case .adapted, .shifted: true
        }
    }

    /// The plan without adapters.
    var withoutAdapters: TensorPlan {
        switch self {
        case .stored, .unpacked: self
        case .quantized(let input, let groupSize): .quantized(input.withoutAdapters, groupSize: groupSize)
        case .converted(let input, let elementType): .converted(input.withoutAdapters, to: elementType)
        case .adapted(let input, _), .shifted(let input, _, _): input.withoutAdapters
        }
    }
}

extension PlanEvaluator {
    /// As `rows(_:of:into:)`, and gives the figures of what merging did to those rows.
    public mutating func rowsWithFigures(
        _ rows: Range<Int>, of plan: TensorPlan, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) -> DeltaFigures {
        let count = rows.count * plan.shape.columnCount
        let elementType = plan.elementType
        try unsafe self.rows(rows, of: plan, into: destination)
        let quantizationFigures = figures
        var deltas = DeltaFigures()
        // SAFETY: each region holds `count` floats; the two halves of a region do not overlap.
        let before = unsafe figureValues.floats(count * 4)
        let merged = unsafe before + count
        let roundedBase = unsafe before + count * 2
        let roundedMerged = unsafe before + count * 3
        var unrounded = plan
        switch plan {
        case .converted(let input, _), .quantized(let input, _): unrounded = input
        default: break
        }
        try unsafe floats(rows, of: unrounded.withoutAdapters, into: before)
        try unsafe floats(rows, of: unrounded, into: merged)
        unsafe widen(destination, plan, rowCount: rows.count, into: roundedMerged)
        let narrowed = unsafe narrowedBase.reserve(destination.count)
        try unsafe self.rows(rows, of: plan.withoutAdapters.converted(to: elementType), into: narrowed)
        unsafe widen(narrowed, plan, rowCount: rows.count, into: roundedBase)
        // Those of the rows that were asked for, not of the base's.
        self.figures = quantizationFigures
        for index in 0..<count {
            unsafe deltas.add(
                base: before[index], merged: merged[index], roundedBase: roundedBase[index],
                roundedMerged: roundedMerged[index])
        }
        return deltas
    }
}

extension PlanEvaluator {
    /// What rows that a plan gave stand for, in float32.
    fileprivate func widen(
        _ bytes: UnsafeMutableRawBufferPointer, _ plan: TensorPlan, rowCount: Int,
        into values: UnsafeMutablePointer<Float>
    ) {
        let columnCount = plan.shape.columnCount
        if case .quantized(_, let groupSize) = plan {
            unsafe unpackRecords(
                UnsafeRawBufferPointer(bytes), rows: 0..<rowCount, columnCount: columnCount, groupSize: groupSize,
                into: values)
        } else {
            unsafe widen(bytes, plan.elementType, rowCount * columnCount, into: values)
        }
    }
}

extension TensorPlan {
    /// The plan with a conversion, if its elements are of another type.
    fileprivate func converted(to elementType: ElementType) -> TensorPlan {
        self.elementType == elementType ? self : .converted(self, to: elementType)
    }
}
