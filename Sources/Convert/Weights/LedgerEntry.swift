import SkipFiles
import SkipModel

/// What became of one tensor of an input. A ledger holds one entry for every tensor of every file.
public struct LedgerEntry: Equatable, Sendable {
    /// The path of the file.
    public let file: String
    /// The tensor's name there.
    public let name: ByteString
    public let fate: Fate

    public enum Fate: Equatable, Sendable {
        /// It is this tensor of the model, as it stands or converted or with adapters merged.
        case placed(TensorID)
        /// It is a part of an adapter that was merged into the weight of this name.
        case merged(into: ByteString)
        /// It is not used, for the reason given.
        case leftOut(LeftOutTensor.Reason)
    }

    public init(file: String, name: ByteString, fate: Fate) {
        self.file = file
        self.name = name
        self.fate = fate
    }
}
