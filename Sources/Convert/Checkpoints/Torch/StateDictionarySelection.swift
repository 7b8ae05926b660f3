import SkipFiles

/// Which dict of a torch file is its state dict.
public enum StateDictionarySelection: Equatable, Sendable {
    /// The only one. Several are an error.
    case only
    /// The one with this key, as `--state-dict` gives it.
    case key(ByteString)
    /// The only one. If there are several, none of them, so that `inspect` can list them.
    case onlyOrNone
}

/// A dict of tensors in a torch file.
public struct StateDictionaryChoice: Equatable, Sendable, CustomStringConvertible {
    /// The keys that lead to it, joined by dots; `.` for the outermost dict.
    public let key: ByteString
    /// The number of tensors that it holds itself.
    public let tensorCount: Int

    public var description: String { "\"\(key)\" (\(tensorCount) tensor\(tensorCount == 1 ? "" : "s"))" }
}
