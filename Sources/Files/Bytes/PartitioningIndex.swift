extension RandomAccessCollection {
    /// Returns the first index whose element satisfies `belongsInSecondPartition`, or `endIndex` if there is none. All
    /// elements after it must satisfy it too. Calls the predicate a logarithmic number of times.
    ///
    /// The function of swift-algorithms, which would make `skiprun` larger by a megabyte
    /// (`specs/decisions/0012-own-heap-and-search.md`).
    @inlinable package func partitioningIndex(
        where belongsInSecondPartition: (Element) -> Bool
    ) -> Index {
        var low = startIndex
        var count = count
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if belongsInSecondPartition(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
