import Synchronization

/// How merging changed one tensor of the output.
public struct TensorDelta: Sendable {
    /// The tensor's name in the output.
    public let tensor: String
    public let figures: DeltaFigures
}

/// Collects how merging changed each tensor, from all threads.
///
/// The figures of blocks are added in the order of their rows, so that the sums do not depend on the number of threads.
final class DeltaCollector: Sendable {
    private let blocks = Mutex<[Int: [(firstRow: Int, figures: DeltaFigures)]]>([:])

    func add(_ figures: DeltaFigures, tensor: Int, firstRow: Int) {
        blocks.withLock { $0[tensor, default: []].append((firstRow, figures)) }
    }

    /// Returns the figures of the adapted tensors. `names` are the names of all tensors, by index.
    func deltas(_ names: [String]) -> [TensorDelta] {
        blocks.withLock { blocks in
            names.enumerated().compactMap { index, name in
                blocks[index].map { parts in
                    let ordered = parts.sorted { $0.firstRow < $1.firstRow }
                    return TensorDelta(
                        tensor: name, figures: ordered.reduce(into: DeltaFigures()) { $0 += $1.figures })
                }
            }
        }
    }
}
