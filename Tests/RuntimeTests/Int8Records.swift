/// An int8 matrix in the layout of the file format, encoded by a simple implementation.
struct Int8Records {
    /// Records of sixteen rows, as the specification defines them.
    let bytes: [UInt8]
    /// The values that the records represent, row-major.
    let values: [Float]

    init(_ floats: [Float], rowCount: Int, columnCount: Int, groupSize: Int) {
        let group = groupSize == 0 ? columnCount : groupSize
        let scalesStart = (columnCount + 3) / 4 * 64
        let groupCount = (columnCount + group - 1) / group
        let recordByteCount = (scalesStart + groupCount * 32 + 63) / 64 * 64
        var bytes = [UInt8](repeating: 0, count: (rowCount + 15) / 16 * recordByteCount)
        var values = floats
        for row in 0..<rowCount {
            let record = row / 16 * recordByteCount
            for first in stride(from: 0, to: columnCount, by: group) {
                let columns = first..<min(first + group, columnCount)
                let largest = columns.map { abs(floats[row * columnCount + $0]) }.max() ?? 0
                let scale = Float(bitPattern: ((largest / 127).bitPattern &+ 0xFFFF) & 0xFFFF_0000)
                let place = record + scalesStart + first / group * 32 + row % 16 * 2
                bytes[place] = UInt8(truncatingIfNeeded: scale.bitPattern >> 16)
                bytes[place + 1] = UInt8(truncatingIfNeeded: scale.bitPattern >> 24)
                for column in columns {
                    let value = scale == 0 ? 0 : (floats[row * columnCount + column] / scale).rounded(.toNearestOrEven)
                    bytes[record + column / 4 * 64 + row % 16 * 4 + column % 4] = UInt8(bitPattern: Int8(value))
                    values[row * columnCount + column] = value * scale
                }
            }
        }
        self.bytes = bytes
        self.values = values
    }
}
