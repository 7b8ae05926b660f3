import SkipFiles

@testable import SkipConvert

/// Builds SentencePiece models, field by field.
struct ModelFileBuilder {
    var pieces: [SentencePieceModel.Piece] = []
    var trainer: [UInt8] = number(3, 2) + number(35, 1)
    var normalizer: [UInt8] = number(3, 1) + number(4, 0) + number(5, 1)

    /// The three first pieces of Llama 2, all bytes, and words in the order of their scores.
    static func llama(_ words: [String]) -> ModelFileBuilder {
        var builder = ModelFileBuilder()
        builder.add("<unk>", .unknown)
        builder.add("<s>", .control)
        builder.add("</s>", .control)
        let digits = Array("0123456789ABCDEF")
        for byte in 0..<256 { builder.add("<0x\(digits[byte / 16])\(digits[byte % 16])>", .byte) }
        for (index, word) in words.enumerated() { builder.add(word, .normal, score: -Float(index)) }
        return builder
    }

    mutating func add(_ text: String, _ kind: SentencePieceModel.Piece.Kind, score: Float = 0) {
        pieces.append(.init(text: ByteString(text), score: score, kind: kind))
    }

    func bytes() -> [UInt8] {
        let pieces = pieces.flatMap { piece in
            Self.message(
                1,
                Self.message(1, piece.text.bytes) + Self.fixed32(2, piece.score.bitPattern)
                    + Self.number(3, piece.kind.rawValue))
        }
        return pieces + Self.message(2, trainer) + Self.message(3, normalizer)
    }

    static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }

    static func message(_ field: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func fixed32(_ field: UInt64, _ value: UInt32) -> [UInt8] {
        varint(field << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
