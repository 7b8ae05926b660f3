import Convert
import Synchronization

/// Gathers what merging did to each tensor from the threads that merge.
///
/// Figures of blocks are added in the order of their rows, so that every number of threads gives the same sums.
final class DeltaCollector: Sendable {
    private let blocks = Mutex<[Int: [(firstRow: Int, figures: DeltaFigures)]]>([:])

    func add(_ figures: DeltaFigures, tensor: Int, firstRow: Int) {
        blocks.withLock { $0[tensor, default: []].append((firstRow, figures)) }
    }

    /// The figures of the tensors into which something was merged. `names` are those of all tensors, by index.
    func figures(_ names: [String]) -> [(tensor: String, figures: DeltaFigures)] {
        blocks.withLock { blocks in
            names.enumerated().compactMap { index, name in
                blocks[index].map { parts in
                    let ordered = parts.sorted { $0.firstRow < $1.firstRow }
                    return (name, ordered.reduce(into: DeltaFigures()) { $0 += $1.figures })
                }
            }
        }
    }
}
