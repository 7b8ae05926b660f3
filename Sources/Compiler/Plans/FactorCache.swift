import SkipFiles
import SkipModel
import Synchronization

/// Caches tensors of adapters in float32, so that each is read once for all threads that merge a weight.
///
/// Keeps the most recently used tensors up to a limit, because the threads work on few weights at a time, in the order
/// of the output.
final class FactorCache: Sendable {
    private let state: Mutex<State>

    private struct State {
        var entries: [(key: Key, values: [Float])] = []
        let byteLimit: Int

        /// Removes the least recently used entries until the rest fits the limit, but never the last one.
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

    /// Returns the tensor's elements, row-major. Calls `read` if they are not in the cache.
    func values(of tensor: SourceTensor, read: () throws(InputError) -> [Float]) throws(InputError) -> [Float] {
        let key = Key(sourceIndex: tensor.sourceIndex, name: tensor.name)
        var failure: InputError?
        // Reads while holding the lock, because tensors are small and other threads usually need the same one.
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
