/// Which words are similar enough to suggest one instead of the other.
package enum Similarity {
    /// The longest word that is compared, in characters.
    private static let lengthLimit = 40

    /// Returns the most similar word; nil if none is similar enough. The first of equally similar words counts.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        candidates.filter { isSimilar(word, $0) }.min { distance(word, $0) < distance(word, $1) }
    }

    /// Whether at most a third of the characters differ, but at least one may.
    package static func isSimilar(_ word: String, _ other: String) -> Bool {
        let length = max(word.count, other.count)
        return length <= lengthLimit && distance(word, other) <= max(1, length / 3)
    }

    /// The number of characters to insert, remove or replace, or of neighbours to exchange, to make the words equal.
    private static func distance(_ word: String, _ other: String) -> Int {
        let (first, second) = (Array(word), Array(other))
        var beforePrevious: [Int] = []
        var previous = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
                var best = min(replacement, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }
}
