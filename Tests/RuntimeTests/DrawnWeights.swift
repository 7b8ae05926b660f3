import SkipModel
import Synchronization

/// The random weights of a test model. Many tests use the same ones, and drawing them takes longer than computing with
/// them.
struct DrawnWeights: Sendable {
    let variant: ModelVariant
    let seed: UInt64
    let values: [TensorID: [Float]]
    let records: [TensorID: [UInt8]]

    private static let all = Mutex<[String: DrawnWeights]>([:])

    /// Returns the weights of this variant and seed if a model has drawn them. Variants of one name may differ.
    static func stored(_ variant: ModelVariant, seed: UInt64) -> DrawnWeights? {
        all.withLock { $0["\(variant.name), \(seed)"] }.flatMap { $0.variant == variant ? $0 : nil }
    }

    func store() {
        Self.all.withLock { $0["\(variant.name), \(seed)"] = self }
    }
}
