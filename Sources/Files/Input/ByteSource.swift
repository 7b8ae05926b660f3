/// An input whose bytes are read by range: a file, or memory in tests and fuzzing.
public protocol ByteSource: Sendable {
    /// The path for error messages.
    var path: String { get }

    var byteCount: Int { get }

    /// Fills `buffer` with the bytes from `offset` on. The range must be inside the source.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError)
}

extension ByteSource {
    /// Returns the bytes of a range, which must be inside the source.
    public func bytes(_ range: Range<Int>) throws(InputError) -> [UInt8] {
        try MemoryProbe.require(range.count, toRead: path)
        var bytes = [UInt8](repeating: 0, count: range.count)
        var failure: InputError?
        // SAFETY: the buffer is used only inside the closure.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(InputError) { try unsafe read(at: range.lowerBound, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}

extension InputFile: ByteSource {}

/// An input in memory.
public struct MemorySource: ByteSource {
    public let path: String
    private let contents: [UInt8]

    public init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }

    public var byteCount: Int { contents.count }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(InputError) {
        // SAFETY: the slice is as long as the buffer; slicing traps beyond the end.
        unsafe buffer.copyBytes(from: contents[offset..<offset + buffer.count])
    }
}
