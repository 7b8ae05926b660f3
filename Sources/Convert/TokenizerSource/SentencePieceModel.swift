import SkipFiles

/// The parts of a SentencePiece model that decide how it encodes. Field numbers are those of
/// `sentencepiece_model.proto`.
struct SentencePieceModel {
    /// The largest file, in bytes.
    static let byteLimit = 64 << 20
    /// The longest piece, in bytes. The number of merges of a piece is at most its number of characters.
    static let pieceByteLimit = 512

    struct Piece: Equatable {
        enum Kind: UInt64 {
            case normal = 1
            case unknown = 2
            case control = 3
            case userDefined = 4
            case unused = 5
            case byte = 6
        }

        var text: ByteString = ""
        var score: Float = 0
        var kind = Kind.normal
    }

    /// 1: Unigram, 2: BPE, 3: words, 4: characters.
    private(set) var modelType: UInt64 = 1
    private(set) var pieces: [Piece] = []
    private(set) var fallsBackToBytes = false
    private(set) var treatsSpaceAsSuffix = false
    private(set) var bosID: Int32 = 1
    private(set) var eosID: Int32 = 2
    private(set) var normalizerName: ByteString = ""
    private(set) var hasCharacterMap = false
    private(set) var addsDummyPrefix = true
    private(set) var removesExtraSpaces = true
    private(set) var escapesSpaces = true

    private let file: String
    private let bytes: [UInt8]

    /// Parses a whole file.
    init(_ bytes: [UInt8], file: String) throws(InputError) {
        self.file = file
        self.bytes = bytes
        var reader = ProtobufReader(bytes, 0..<bytes.count, file: file)
        var seen: Set<Int> = []
        while let field = try reader.next() {
            guard let part = Part(rawValue: field.number) else { continue }
            guard case .bytes(let range) = field.value else { throw reader.error(field.offset, "a number") }
            guard part == .piece || seen.insert(field.number).inserted else {
                throw reader.error(field.offset, "a specification for the second time")
            }
            switch part {
            case .piece: try appendPiece(range)
            case .trainer: try readTrainer(range)
            case .normalizer: try readNormalizer(range)
            }
        }
        if pieces.isEmpty { throw reader.error(0, "no pieces") }
    }

    /// The fields of the model that are read.
    private enum Part: Int {
        case piece = 1
        case trainer = 2
        case normalizer = 3
    }

    private mutating func appendPiece(_ range: Range<Int>) throws(InputError) {
        guard pieces.count < TokenizerReader.tokenLimit else {
            throw InputError(
                .tokenizerTooLarge, file: file, found: "more pieces",
                required: "at most \(TokenizerReader.tokenLimit)")
        }
        var piece = Piece()
        var reader = ProtobufReader(bytes, range, file: file)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let text)):
                guard (1...Self.pieceByteLimit).contains(text.count) else {
                    throw InputError(
                        .tokenizerTooLarge, file: file, at: .byte(field.offset),
                        found: "a piece of \(text.count) bytes", required: "1 to \(Self.pieceByteLimit)")
                }
                guard String(validating: bytes[text], as: UTF8.self) != nil else {
                    throw reader.error(field.offset, "a piece that is not UTF-8")
                }
                piece.text = ByteString(bytes: Array(bytes[text]))
            case (2, .fixed32(let bits)):
                piece.score = Float(bitPattern: bits)
                if piece.score.isNaN { throw reader.error(field.offset, "a score that is not a number") }
            case (3, .number(let number)):
                guard let kind = Piece.Kind(rawValue: number) else {
                    throw reader.error(field.offset, "a piece of the type \(number)")
                }
                piece.kind = kind
            case (1...3, _): throw reader.error(field.offset, "a field of another type")
            default: continue
            }
        }
        if piece.text.isEmpty { throw reader.error(range.lowerBound, "a piece without a text") }
        pieces.append(piece)
    }

    private mutating func readTrainer(_ range: Range<Int>) throws(InputError) {
        var reader = ProtobufReader(bytes, range, file: file)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (3, .number(let type)): modelType = type
            case (24, .number(let isSet)): treatsSpaceAsSuffix = isSet != 0
            case (35, .number(let isSet)): fallsBackToBytes = isSet != 0
            case (41, .number(let id)): bosID = Int32(truncatingIfNeeded: id)
            case (42, .number(let id)): eosID = Int32(truncatingIfNeeded: id)
            case (3, _), (24, _), (35, _), (41, _), (42, _):
                throw reader.error(field.offset, "a field of another type")
            default: continue
            }
        }
    }

    private mutating func readNormalizer(_ range: Range<Int>) throws(InputError) {
        var reader = ProtobufReader(bytes, range, file: file)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let name)): normalizerName = ByteString(bytes: Array(bytes[name].prefix(64)))
            case (2, .bytes(let map)): hasCharacterMap = !map.isEmpty
            case (3, .number(let isSet)): addsDummyPrefix = isSet != 0
            case (4, .number(let isSet)): removesExtraSpaces = isSet != 0
            case (5, .number(let isSet)): escapesSpaces = isSet != 0
            case (1...5, _): throw reader.error(field.offset, "a field of another type")
            default: continue
            }
        }
    }
}
