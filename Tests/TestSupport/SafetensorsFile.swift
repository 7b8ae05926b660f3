import Foundation

/// A safetensors file, read for comparison. Independent of the code under test.
public struct SafetensorsFile {
    private struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    private let entries: [String: Entry]
    private let data: Data

    public init(_ path: String) throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        let headerByteCount = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: file[8..<8 + headerByteCount])
        guard var members = header as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
        members["__metadata__"] = nil
        entries = try JSONDecoder().decode([String: Entry].self, from: JSONSerialization.data(withJSONObject: members))
        data = file.dropFirst(8 + headerByteCount)
    }

    public var names: [String] { entries.keys.sorted() }

    public func shape(_ name: String) throws -> [Int] { try entry(name).shape }

    /// A float32 tensor's values.
    public func floats(_ name: String) throws -> [Float] { try elements(name, "F32") }

    /// An int64 tensor's values.
    public func integers(_ name: String) throws -> [Int] { try elements(name, "I64") }

    /// A uint8 tensor's values.
    public func bytes(_ name: String) throws -> [UInt8] { try elements(name, "U8") }

    private func entry(_ name: String) throws -> Entry {
        guard let entry = entries[name] else { throw CocoaError(.keyValueValidation) }
        return entry
    }

    /// A tensor's elements. The files are little-endian, like every machine that this package supports.
    private func elements<Element: BitwiseCopyable>(_ name: String, _ dtype: String) throws -> [Element] {
        let entry = try entry(name)
        guard entry.dtype == dtype else { throw CocoaError(.fileReadCorruptFile) }
        let bytes = [UInt8](data[(data.startIndex + entry.data_offsets[0])..<(data.startIndex + entry.data_offsets[1])])
        // SAFETY: the buffer is valid in the closure, which copies its elements; loads need no alignment.
        return unsafe bytes.withUnsafeBytes { buffer in
            let width = MemoryLayout<Element>.size
            return (0..<buffer.count / width).map { index in
                unsafe buffer.loadUnaligned(fromByteOffset: index * width, as: Element.self)
            }
        }
    }
}
