import Model

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

/// A tensor of an input that the output does not hold.
public struct LeftOutTensor: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// A buffer that follows from the configuration.
        case derivedBuffer
        /// A head beside an embedding that the configuration ties to it; Transformers ignores it too.
        case tiedHead
        /// Not a router's tensor, in a file given as routers.
        case notRouter
        /// An adapter brings another tensor in its place.
        case replacedByAdapter
        /// A value in a torch file's state dict that is no tensor.
        case notTensor
        /// What a torch file holds beside its state dict, such as an optimizer's state.
        case besideStateDictionary
        /// Attributes that a torch file keeps with a parameter.
        case parameterState
        /// A record of a torch file that no tensor refers to.
        case unreferencedRecord
    }

    public let file: String
    public let name: ByteString
    public let reason: Reason
}
