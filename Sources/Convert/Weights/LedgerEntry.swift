import SkipFiles
import SkipModel

/// What happened to one tensor of an input. A ledger holds one entry for every tensor of every file.
public struct LedgerEntry: Equatable, Sendable {
    /// The path of the file.
    public let file: String
    /// The tensor's name there.
    public let name: ByteString
    public let fate: Fate

    public enum Fate: Equatable, Sendable {
        /// Its rows are these tensors of the model, in this order; one unless it is fused.
        case placed([TensorID])
        /// A part of an adapter that was merged into the weight of this name.
        case merged(into: ByteString)
        /// Not used, for this reason.
        case leftOut(LeftOutTensor.Reason)
    }

    public init(file: String, name: ByteString, fate: Fate) {
        self.file = file
        self.name = name
        self.fate = fate
    }
}
