import Foundation

/// Builds safetensors files for tests, valid and broken.
public struct SafetensorsBuilder: Sendable {
    public struct Tensor: Sendable {
        public var name: String
        public var dtype: String
        public var shape: [Int]
        public var bytes: [UInt8]

        public init(name: String, dtype: String, shape: [Int], bytes: [UInt8]) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.bytes = bytes
        }
    }

    public var tensors: [Tensor]

    public init(_ tensors: [Tensor] = []) { self.tensors = tensors }

    /// A float32 tensor.
    public static func float32(_ name: String, _ shape: [Int], _ values: [Float]) -> Tensor {
        Tensor(name: name, dtype: "F32", shape: shape, bytes: values.flatMap { littleEndian($0.bitPattern) })
    }

    /// The header's JSON, without padding.
    public var headerText: String {
        var entries: [String] = ["\"__metadata__\":{\"format\":\"pt\"}"]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.bytes.count
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        return "{" + entries.joined(separator: ",") + "}"
    }

    public var data: [UInt8] { tensors.flatMap(\.bytes) }

    /// The whole file.
    public var file: [UInt8] { Self.file(header: Array(headerText.utf8), data: data) }

    /// A file whose header consists of any bytes.
    public static func file(header: [UInt8], data: [UInt8], headerLength: UInt64? = nil) -> [UInt8] {
        littleEndian(headerLength ?? UInt64(header.count)) + header + data
    }

    /// The file, with a part of the header's text replaced.
    public func file(replacing old: String, with new: String) -> [UInt8] {
        precondition(headerText.contains(old), "the header does not contain \(old)")
        return Self.file(header: Array(headerText.replacingFirst(old, with: new).utf8), data: data)
    }
}

/// The bytes of an integer, least significant first.
public func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

extension String {
    /// The string with the first occurrence of `old` replaced.
    public func replacingFirst(_ old: String, with new: String) -> String {
        guard let range = self.range(of: old) else { return self }
        return replacingCharacters(in: range, with: new)
    }
}
