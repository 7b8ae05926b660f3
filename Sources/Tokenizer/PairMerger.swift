/// Merges the tokens of one word by rank: merges the neighbouring pair of the smallest rank, the leftmost of equals,
/// until no pair merges.
///
/// Holds only scratch memory, which it reuses for the next word.
struct PairMerger {
    /// Words of up to this length are merged by searching all pairs each time; longer words with a heap, in n log n
    /// time.
    static let shortWordLimit = 48

    private let bytes: TableBytes
    private let layout: TableLayout
    /// Nil: the symbols of a word are its bytes.
    private let characters: CharacterSymbols?
    private let hasCharacters: Bool
    private var ranks: [UInt32] = []
    private var results: [UInt32] = []
    private var nodes: [Node] = []
    private var heap = PairHeap()

    /// A rank that no merge has.
    private static let noRank = UInt32.max

    init(_ tokenizer: CompiledTokenizer) {
        bytes = tokenizer.bytes
        layout = tokenizer.layout
        characters = CharacterSymbols(tokenizer)
        hasCharacters = characters != nil
    }

    /// Appends the ids of a word's tokens, in n log n time in the word's length.
    mutating func append(_ word: Span<UInt8>, to ids: inout [UInt32]) {
        if layout.wholeWordCount > 0, let id = layout.wholeWord(word, in: bytes) {
            ids.append(id)
            return
        }
        let start = ids.count
        if hasCharacters {
            appendCharacters(word, to: &ids)
        } else {
            for index in word.indices {
                let id = layout.byteToken(word[index], in: bytes)
                if id != TableLayout.noToken { ids.append(id) }
            }
        }
        if ids.count - start < 2 { return }
        if ids.count - start <= Self.shortWordLimit {
            mergeShort(&ids, from: start)
        } else {
            mergeLong(&ids, from: start)
        }
    }

    /// Not inlined, so that the loop over bytes stays small.
    @inline(never)
    private func appendCharacters(_ word: Span<UInt8>, to ids: inout [UInt32]) {
        characters?.append(word, to: &ids)
    }

    @inline(__always)
    private func merge(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, result: UInt32) {
        layout.merge(left: left, right: right, in: bytes) ?? (Self.noRank, 0)
    }

    // MARK: Short words

    private mutating func mergeShort(_ ids: inout [UInt32], from start: Int) {
        ranks.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        for index in start..<ids.count - 1 {
            let (rank, result) = merge(ids[index], ids[index + 1])
            ranks.append(rank)
            results.append(result)
        }
        while !ranks.isEmpty {
            var best = 0
            for index in 1..<ranks.count where ranks[index] < ranks[best] { best = index }
            if ranks[best] == Self.noRank { return }
            ids[start + best] = results[best]
            ids.remove(at: start + best + 1)
            ranks.remove(at: best)
            results.remove(at: best)
            if best < ranks.count {
                (ranks[best], results[best]) = merge(ids[start + best], ids[start + best + 1])
            }
            if best > 0 {
                (ranks[best - 1], results[best - 1]) = merge(ids[start + best - 1], ids[start + best])
            }
        }
    }

    // MARK: Long words

    /// A token of the word being merged, in a list linked both ways by position; -1 ends it.
    private struct Node {
        var id: UInt32
        /// The rank of the merge with the next token.
        var rank: UInt32
        var result: UInt32
        var previous: Int
        var next: Int
    }

    private mutating func mergeLong(_ ids: inout [UInt32], from start: Int) {
        let count = ids.count - start
        nodes.removeAll(keepingCapacity: true)
        heap.removeAll()
        for index in 0..<count {
            let isLast = index == count - 1
            let id = ids[start + index]
            let (rank, result) = isLast ? (Self.noRank, 0) : merge(id, ids[start + index + 1])
            nodes.append(Node(id: id, rank: rank, result: result, previous: index - 1, next: isLast ? -1 : index + 1))
            if rank != Self.noRank { heap.append(rank: rank, position: index) }
        }
        heap.order()
        while let (rank, position) = heap.removeFirst() {
            // Skip an entry whose pair has changed since.
            if nodes[position].rank == rank { mergeNode(position) }
        }
        ids.removeSubrange(start...)
        var position = 0
        while position >= 0 {
            ids.append(nodes[position].id)
            position = nodes[position].next
        }
    }

    private mutating func mergeNode(_ position: Int) {
        let absorbed = nodes[position].next
        let next = nodes[absorbed].next
        nodes[position].id = nodes[position].result
        nodes[position].next = next
        nodes[absorbed].rank = Self.noRank
        if next >= 0 { nodes[next].previous = position }
        updatePair(position)
        if nodes[position].previous >= 0 { updatePair(nodes[position].previous) }
    }

    private mutating func updatePair(_ position: Int) {
        let next = nodes[position].next
        let (rank, result) = next >= 0 ? merge(nodes[position].id, nodes[next].id) : (Self.noRank, 0)
        nodes[position].rank = rank
        nodes[position].result = result
        if rank != Self.noRank { heap.insert(rank: rank, position: position) }
    }
}
