import SkipFiles

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
