/// A binary heap of pairs, the smallest rank first, of equal ranks the leftmost position.
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

    /// Adds a pair without regard to the order; `order()` must follow before anything is removed.
    mutating func append(rank: UInt32, position: Int) { entries.append(Entry(rank: rank, position: position)) }

    mutating func order() {
        for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }

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
