import SkipKernels

/// Divides raw blocks into planes, and puts them together.
enum Planes {
    /// Writes the planes of `raw`, one after the other, to `planes`, which has the same length.
    static func split(
        _ raw: UnsafeRawBufferPointer, _ layout: PlaneLayout, into planes: UnsafeMutableRawBufferPointer
    ) {
        precondition(planes.count == raw.count)
        guard let source = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self),
            let target = unsafe planes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        // SAFETY: the planes of each layout have the length of the raw bytes together, which is that of both buffers.
        switch layout.encoding {
        case .stored, .whole: unsafe target.update(from: source, count: raw.count)
        case .bytes16: unsafe skip_split_planes_16(source, raw.count / 2, target)
        case .bytes32: unsafe skip_split_planes_32(source, raw.count / 4, target)
        case .records:
            let recordCount = raw.count / layout.recordByteCount
            let valueByteCount = layout.valueByteCount
            let scaleCount = (layout.recordByteCount - valueByteCount) / 2
            let scales = unsafe target + recordCount * valueByteCount
            for record in 0..<recordCount {
                let start = unsafe source + record * layout.recordByteCount
                unsafe (target + record * valueByteCount).update(from: start, count: valueByteCount)
                for index in 0..<scaleCount {
                    let low = unsafe start[valueByteCount + 2 * index]
                    let high = unsafe start[valueByteCount + 2 * index + 1]
                    let place = record * scaleCount + index
                    unsafe scales[place] = low << 1 | high >> 7
                    unsafe scales[recordCount * scaleCount + place] = high << 1 | low >> 7
                }
            }
        }
    }

    /// Writes the raw bytes of planes to `raw`. The planes have the lengths that the layout states for its length.
    static func join(
        _ planes: [UnsafeRawBufferPointer], _ layout: PlaneLayout, into raw: UnsafeMutableRawBufferPointer
    ) {
        guard let target = unsafe raw.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let sources = unsafe planes.map { unsafe $0.baseAddress?.assumingMemoryBound(to: UInt8.self) }
        // SAFETY: the planes have the lengths that these loops read, and `raw` has room for all of them.
        switch layout.encoding {
        case .stored, .whole: unsafe raw.copyMemory(from: planes[0])
        case .bytes16: unsafe skip_join_planes_16(sources, raw.count / 2, target)
        case .bytes32: unsafe skip_join_planes_32(sources, raw.count / 4, target)
        case .records:
            let recordCount = raw.count / layout.recordByteCount
            let valueByteCount = layout.valueByteCount
            let scaleCount = (layout.recordByteCount - valueByteCount) / 2
            for record in 0..<recordCount {
                let start = unsafe target + record * layout.recordByteCount
                let values = unsafe UnsafeRawBufferPointer(
                    rebasing: planes[0][record * valueByteCount..<(record + 1) * valueByteCount])
                unsafe UnsafeMutableRawBufferPointer(start: start, count: valueByteCount).copyMemory(from: values)
                for index in 0..<scaleCount {
                    let low = unsafe planes[1][record * scaleCount + index]
                    let high = unsafe planes[2][record * scaleCount + index]
                    unsafe start[valueByteCount + 2 * index] = low >> 1 | high << 7
                    unsafe start[valueByteCount + 2 * index + 1] = high >> 1 | low << 7
                }
            }
        }
    }
}
