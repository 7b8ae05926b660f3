import SkipFiles

/// A name of the form `model.layers.N.REST`.
struct LayerTensorName: Equatable {
    let layer: Int
    let rest: ByteString

    private static let prefix = Array("model.layers.".utf8)

    init?(_ name: ByteString) {
        guard name.bytes.starts(with: Self.prefix) else { return nil }
        let tail = name.bytes.dropFirst(Self.prefix.count)
        let digits = tail.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // No leading zeros: each layer has one spelling.
        guard !digits.isEmpty, digits.count <= 6, digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let layer = Int(String(decoding: digits, as: UTF8.self)),
            tail.dropFirst(digits.count).first == UInt8(ascii: ".")
        else { return nil }
        self.layer = layer
        rest = ByteString(bytes: Array(tail.dropFirst(digits.count + 1)))
    }
}
