/// Keys and values of all layers and positions, in float32. Trivial.
///
/// Every token's are here, also those of tokens that skipped attention: later tokens attend to them.
struct KeyValueCache {
    let positionCount: Int
    /// Floats of one position's keys (or values) in one layer: keyValueHeadCount * headDimension.
    let width: Int
    /// [layer][position][width]
    private let keys: FloatView
    /// [layer][position][width]
    private let values: FloatView

    static func reserve(
        in plan: inout ArenaPlan, layerCount: Int, positionCount: Int, width: Int
    ) throws(RuntimeError) {
        try plan.reserve("key cache", layerCount, positionCount, width)
        try plan.reserve("value cache", layerCount, positionCount, width)
    }

    init(arena: Arena, layerCount: Int, positionCount: Int, width: Int) {
        self.positionCount = positionCount
        self.width = width
        keys = arena.floats(layerCount * positionCount * width)
        values = arena.floats(layerCount * positionCount * width)
    }

    /// The keys of `positions`, [positions][width].
    func keys(layer: Int, positions: Range<Int>) -> FloatView { keys[range(layer, positions)] }

    /// The values of `positions`, [positions][width].
    func values(layer: Int, positions: Range<Int>) -> FloatView { values[range(layer, positions)] }

    private func range(_ layer: Int, _ positions: Range<Int>) -> Range<Int> {
        precondition(positions.upperBound <= positionCount)
        let first = layer * positionCount
        return (first + positions.lowerBound) * width..<(first + positions.upperBound) * width
    }
}
