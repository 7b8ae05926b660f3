import SkipFiles
import SkipModel
import SkipQuantize

/// How merging changes a weight, and how much of the change remains after rounding to the output's type:
/// `specs/lora.md`, section 7.
public struct DeltaFigures: Equatable, Sendable {
    /// The number of elements of the weight.
    public private(set) var count = 0
    /// The number of elements whose rounded value differs with and without the adapters.
    public private(set) var changedCount = 0
    private var baseSquares = 0.0
    private var deltaSquares = 0.0
    private var keptProducts = 0.0

    public init() {}

    /// ‖delta‖ / ‖base‖, before rounding.
    public var relativeSize: Double { baseSquares > 0 ? (deltaSquares / baseSquares).squareRoot() : 0 }

    /// The share of elements that change.
    public var changedShare: Double { count > 0 ? Double(changedCount) / Double(count) : 0 }

    /// ⟨delta after rounding, delta⟩ / ⟨delta, delta⟩: 1 if rounding leaves the delta as it is, 0 if nothing of it is
    /// left.
    public var survival: Double { deltaSquares > 0 ? keptProducts / deltaSquares : 1 }

    /// Adds one element: its values without and with the adapters, before and after rounding.
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
    /// Whether an adapter changes the tensor.
    package var isAdapted: Bool {
        switch self {
        case .adapted, .shifted: true
        default: input?.isAdapted ?? false
        }
    }

    /// The plan without its adapters.
    fileprivate var withoutAdapters: TensorPlan {
        switch self {
        case .stored, .unpacked: self
        case .converted(let input, let elementType): .converted(input.withoutAdapters, to: elementType)
        case .offset(let input, let constant): .offset(input.withoutAdapters, by: constant)
        case .slice(let input, let range): .slice(input.withoutAdapters, range)
        case .quantized(let input, let groupSize): .quantized(input.withoutAdapters, groupSize: groupSize)
        case .adapted(let input, _), .shifted(let input, _, _): input.withoutAdapters
        }
    }

    /// The plan with a conversion, if its elements have another type.
    fileprivate func converted(to elementType: ElementType) -> TensorPlan {
        self.elementType == elementType ? self : .converted(self, to: elementType)
    }
}

extension PlanEvaluator {
    /// Fills `destination` as `rows(_:of:into:)` does, and returns how merging changed the rows.
    mutating func rowsWithDeltas(
        _ rows: Range<Int>, of plan: TensorPlan, into destination: UnsafeMutableRawBufferPointer
    ) throws(InputError) -> DeltaFigures {
        let count = rows.count * plan.shape.columnCount
        // SAFETY: the region has room for four blocks of floats, which do not overlap.
        let base = unsafe scratch.pushFloats(count * 4)
        let roundedBaseBytes = unsafe scratch.push(destination.count)
        defer {
            scratch.pop()
            scratch.pop()
        }
        let merged = unsafe base + count
        let roundedBase = unsafe base + count * 2
        let roundedMerged = unsafe base + count * 3
        try unsafe floats(rows, of: plan.withoutAdapters, into: base)
        try unsafe floats(rows, of: plan, into: merged)
        let basePlan = plan.withoutAdapters.converted(to: plan.elementType)
        try unsafe self.rows(rows, of: basePlan, into: roundedBaseBytes)
        unsafe widen(UnsafeRawBufferPointer(roundedBaseBytes), of: plan, rowCount: rows.count, into: roundedBase)
        // This call is the last one, so that `figures` are those of the merged rows.
        try unsafe self.rows(rows, of: plan, into: destination)
        unsafe widen(UnsafeRawBufferPointer(destination), of: plan, rowCount: rows.count, into: roundedMerged)
        var deltas = DeltaFigures()
        for index in 0..<count {
            unsafe deltas.add(
                base: base[index], merged: merged[index], roundedBase: roundedBase[index],
                roundedMerged: roundedMerged[index])
        }
        return deltas
    }

    /// Converts rows in the storage of a plan to float32.
    private func widen(
        _ bytes: UnsafeRawBufferPointer, of plan: TensorPlan, rowCount: Int, into values: UnsafeMutablePointer<Float>
    ) {
        let columnCount = plan.shape.columnCount
        if case .quantized(_, let groupSize) = plan {
            // SAFETY: the bytes are the records of `rowCount` rows, and `values` has room for the rows.
            unsafe Int8Rounding(columnCount: columnCount, groupSize: groupSize).widen(
                bytes, rows: 0..<rowCount, into: values)
        } else {
            unsafe widen(bytes, plan.elementType, rowCount * columnCount, into: values)
        }
    }
}
