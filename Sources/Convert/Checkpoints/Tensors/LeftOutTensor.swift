import SkipFiles

/// A tensor of an input that is not in the output, with the reason.
public struct LeftOutTensor: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// A buffer whose contents follow from the configuration.
        case derivedBuffer
        /// An output head, although the configuration ties it to the embedding. Transformers ignores it too.
        case tiedHead
        /// A router, although a model without routers was requested.
        case notRequested
        /// A tensor that does not belong to a router, in a router file.
        case notRouter
        /// An adapter replaces it.
        case replacedByAdapter
        /// A part of an adapter for a module that the adapter's configuration does not target.
        case notTargeted
        /// A value in the state dict of a torch file that is not a tensor.
        case notTensor
        /// A value outside of the state dict of a torch file, such as an optimizer's state.
        case besideStateDictionary
        /// Attributes of a parameter in a torch file.
        case parameterState
        /// A record of a torch file that no tensor refers to.
        case unreferencedRecord
    }

    /// The path of the file.
    public let file: String
    public let name: ByteString
    public let reason: Reason
}
