/// The file and position of a pickle, for errors.
struct PickleOrigin: Sendable {
    let path: String
    /// Absolute position of the pickle's first byte in the file, or of its deflate stream if it is compressed.
    let start: Int
    let isInflated: Bool

    /// Returns the absolute position that errors print: the start of the pickle if it is compressed.
    func offset(of position: Int) -> Int { isInflated ? start : start + position }

    /// Returns a note with the position in the inflated pickle if it is compressed.
    func note(at position: Int) -> String { isInflated ? " (byte \(position) of the inflated pickle)" : "" }
}
