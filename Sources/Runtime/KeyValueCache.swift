/// Keys and values of all layers and positions, in float32. A plain value without references.
///
/// It holds every token, including those that skipped attention, because later tokens attend to them.
struct KeyValueCache {
    let positionCount: Int
    /// Floats of one position's keys (or values) in one layer: keyValueHeadCount * headDimension.
    let width: Int
    /// [layer][position][width]
    private let keys: FloatView
    /// [layer][position][width]
    private let values: FloatView

    /// - Throws: `sizeLimit`.
    init(
        in allocator: inout ArenaAllocator, layerCount: Int, positionCount: Int, width: Int
    ) throws(RuntimeError) {
        self.positionCount = positionCount
        self.width = width
        keys = try allocator.floats("key cache", layerCount, positionCount, width)
        values = try allocator.floats("value cache", layerCount, positionCount, width)
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
