/// A binary heap of pairs: the smallest rank comes first and, of equal ranks, the leftmost position.
///
/// swift-collections' `Heap` is slower for this use and makes `skiprun` larger
/// (`specs/decisions/0012-own-heap-and-search.md`).
struct PairHeap {
    private struct Entry {
        let rank: UInt32
        let position: Int

        @inline(__always)
        static func < (left: Entry, right: Entry) -> Bool {
            left.rank != right.rank ? left.rank < right.rank : left.position < right.position
        }
    }

    private var entries: [Entry] = []

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a pair at the end. Call `order()` before anything is removed.
    mutating func append(rank: UInt32, position: Int) { entries.append(Entry(rank: rank, position: position)) }

    /// Restores the order of the heap after calls of `append`.
    mutating func order() {
        for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

    /// Adds a pair in order.
    mutating func insert(rank: UInt32, position: Int) {
        let entry = Entry(rank: rank, position: position)
        var index = entries.count
        entries.append(entry)
        while index > 0, entry < entries[(index - 1) / 2] {
            entries[index] = entries[(index - 1) / 2]
            index = (index - 1) / 2
        }
        entries[index] = entry
    }

    /// Removes and returns the first pair; nil if the heap is empty.
    mutating func removeFirst() -> (rank: UInt32, position: Int)? {
        guard let last = entries.popLast() else { return nil }
        guard let first = entries.first else { return (last.rank, last.position) }
        entries[0] = last
        siftDown(from: 0)
        return (first.rank, first.position)
    }

    private mutating func siftDown(from start: Int) {
        let entry = entries[start]
        var index = start
        while true {
            var child = 2 * index + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
            guard entries[child] < entry else { break }
            entries[index] = entries[child]
            index = child
        }
        entries[index] = entry
    }
}
