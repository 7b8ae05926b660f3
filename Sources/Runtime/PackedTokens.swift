import SkipModel

/// The tokens of a chunk in the forms that matrix products read. A plain value without references.
struct PackedTokens {
    /// Tiles of floats, for float weights; or, if `arePairs`, tiles of pairs of bfloat16.
    let floats: FloatView
    let arePairs: Bool
    /// Tiles of integers, for int8 weights with groups of `groupSize` columns.
    let integers: FloatView
    /// Nil if there are no integers.
    let groupSize: Int?
}

/// The forms that a group of products needs.
struct PackedForms {
    private(set) var hasFloats = false
    /// Whether a product can read pairs of bfloat16. They are packed only if no product needs floats, because every
    /// product with bfloat16 weights can also read floats.
    private var takesPairs = false
    /// The group size of the integers; nil if none are needed.
    private(set) var groupSize: Int?

    var hasPairs: Bool { takesPairs && !hasFloats }

    /// Adds a product that reads floats.
    mutating func addFloats() { hasFloats = true }

    /// Adds a product with `weight`.
    mutating func add(_ weight: WeightMatrix, _ precision: ActivationPrecision, multipliesPairs: Bool) {
        if precision == .float32 {
            hasFloats = true
        } else if !weight.isQuantized {
            let isPairs = multipliesPairs && weight.elementType == .bfloat16 && weight.columnCount % 2 == 0
            if isPairs { takesPairs = true } else { hasFloats = true }
        } else if groupSize ?? weight.storage.groupSize == weight.storage.groupSize {
            groupSize = weight.storage.groupSize
        } else {
            // The group size differs from that of the previous matrix: this matrix is unpacked to floats.
            hasFloats = true
        }
    }
}
