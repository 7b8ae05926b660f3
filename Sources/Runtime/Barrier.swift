/// A reusable barrier for a fixed number of workers.
final class Barrier: Sendable {
    private let workerCount: Int
    private let arrived = PaddedCounter()
    private let gate = Gate()

    init(workerCount: Int) { self.workerCount = workerCount }

    func wait() {
        if workerCount == 1 { return }
        let generation = gate.generation
        if arrived.value.add(1, ordering: .acquiringAndReleasing).newValue == workerCount {
            arrived.value.store(0, ordering: .relaxed)
            gate.advance()
        } else {
            gate.wait(past: generation)
        }
    }
}
