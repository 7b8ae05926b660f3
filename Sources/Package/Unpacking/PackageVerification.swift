import SkipFiles

extension Package {
    /// Checks all blocks of weights that the parts have, without writing them.
    public func verify(options: WorkOptions) throws(PackageError) -> RestoredBlocks {
        let present = blocks.weights.filter { place(of: $0) != nil || !isDelta }
        return try BlockRestorer(package: self, target: nil).run(present, options)
    }
}

extension MissingBlocks {
    /// The byte ranges of the package's parts that are needed, neighbours together. A block that is in no part that was
    /// given has none.
    public var byteRanges: [(path: String, range: Range<Int>)] {
        var ranges: [(path: String, range: Range<Int>)] = []
        for failure in failures {
            guard let path = failure.path, !failure.byteRange.isEmpty else { continue }
            if let last = ranges.last, last.path == path, last.range.upperBound == failure.byteRange.lowerBound {
                ranges[ranges.count - 1].range = last.range.lowerBound..<failure.byteRange.upperBound
            } else {
                ranges.append((path, failure.byteRange))
            }
        }
        return ranges
    }
}
