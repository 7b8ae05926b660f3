import SkipFiles
import SkipModel
import Synchronization

/// Adapters' tensors in float32, read once and shared by the threads that merge a weight.
///
/// Keeps what was used last, up to a limit: the threads work on few weights at a time, in the order of the output.
final class FactorCache: Sendable {
    private let state: Mutex<State>

    private struct State {
        var entries: [(key: Key, values: [Float])] = []
        let byteLimit: Int

        /// Drops the entries used longest ago until the limit is kept, but never the one used last.
        mutating func dropOldest() {
            var total = entries.map { $0.values.count * MemoryLayout<Float>.stride }.reduce(0, +)
            while total > byteLimit, entries.count > 1 {
                total -= entries.removeFirst().values.count * MemoryLayout<Float>.stride
            }
        }
    }

    private struct Key: Equatable {
        let sourceIndex: Int
        let name: ByteString
    }

    init(byteLimit: Int = 64 << 20) { state = Mutex(State(byteLimit: byteLimit)) }

    /// The tensor's elements, row-major; `read` is called if they are not at hand.
    func values(of tensor: SourceTensor, read: () throws(InputError) -> [Float]) throws(InputError) -> [Float] {
        let key = Key(sourceIndex: tensor.sourceIndex, name: tensor.name)
        var failure: InputError?
        // Reading under the lock: the tensors are small, and the other threads most often need the same one.
        let values = state.withLock { state -> [Float] in
            if let index = state.entries.firstIndex(where: { $0.key == key }) {
                let entry = state.entries.remove(at: index)
                state.entries.append(entry)
                return entry.values
            }
            do throws(InputError) {
                let values = try read()
                state.entries.append((key, values))
                state.dropOldest()
                return values
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return values
    }
}
