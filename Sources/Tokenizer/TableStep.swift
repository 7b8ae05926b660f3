/// A step of a tokenizer as the table stores it: a kind, an option and two short texts.
struct TableStep: Equatable {
    var kind: UInt32
    var option: UInt32 = 0
    var first: [UInt8] = []
    var second: [UInt8] = []

    /// The longest text of a step, in bytes. It bounds how much longer a step makes a text.
    static let textLimit = 8

    /// The kinds. Those of one phase are neighbours: normalization, splitting, decoding.
    private enum Kind {
        static let nfc: UInt32 = 1
        static let prepend: UInt32 = 2
        static let replace: UInt32 = 3
        static let replaceStart: UInt32 = 4
        static let trim: UInt32 = 5
        static let collapse: UInt32 = 6
        static let strip: UInt32 = 7
        static let prefixSpace: UInt32 = 16
        static let metaspace: UInt32 = 17
        static let literal: UInt32 = 18
        static let pattern: UInt32 = 19
        static let bytes: UInt32 = 32
        static let decodingReplace: UInt32 = 33
        static let byteFallback: UInt32 = 34
        static let stripStart: UInt32 = 35
        static let decodingMetaspace: UInt32 = 36
    }

    /// What a step does.
    enum Meaning: Equatable {
        case normalization(NormalizationStep)
        case splitting(SplittingStep)
        case decoding(DecodingStep)
    }

    /// Returns what the step does; nil if it is not the record of any step.
    var meaning: Meaning? {
        guard let meaning = possibleMeaning, TableStep(meaning) == self, hasUsableTexts else { return nil }
        return meaning
    }

    /// Returns a meaning whose record may differ in fields that have no meaning.
    private var possibleMeaning: Meaning? {
        switch kind {
        case Kind.nfc: .normalization(.nfc)
        case Kind.prepend: .normalization(.prepend(first))
        case Kind.replace: .normalization(.replace(first, with: second))
        case Kind.replaceStart: .normalization(.replaceStart(first, with: second))
        case Kind.trim: .normalization(.trim(first))
        case Kind.collapse: .normalization(.collapse(first))
        case Kind.strip: .normalization(.strip(left: option & 1 != 0, right: option & 2 != 0))
        case Kind.prefixSpace: .splitting(.prefixSpace)
        case Kind.metaspace:
            MetaspacePrefix(rawValue: option).map { .splitting(.metaspace(replacement: first, prefix: $0)) }
        case Kind.literal: DelimiterPlace(rawValue: option).map { .splitting(.literal(first, $0)) }
        case Kind.pattern: WordPattern(rawValue: option).map { .splitting(.pattern($0)) }
        case Kind.bytes: .decoding(.bytes)
        case Kind.decodingReplace: .decoding(.replace(first, with: second))
        case Kind.byteFallback: .decoding(.byteFallback)
        case Kind.stripStart: .decoding(.stripStart(first, count: option))
        case Kind.decodingMetaspace: .decoding(.metaspace(replacement: first, dropsFirst: option == 1))
        default: nil
        }
    }

    /// Whether the texts are short UTF-8, and the first one is not empty where it is searched for.
    private var hasUsableTexts: Bool {
        let hasText =
            switch kind {
            case Kind.nfc, Kind.strip, Kind.prefixSpace, Kind.pattern, Kind.bytes, Kind.byteFallback: false
            default: true
            }
        return first.isEmpty != hasText && max(first.count, second.count) <= Self.textLimit
            && UTF8Text.isValid(first.span) && UTF8Text.isValid(second.span)
    }

    init(kind: UInt32, option: UInt32 = 0, first: [UInt8] = [], second: [UInt8] = []) {
        self.kind = kind
        self.option = option
        self.first = first
        self.second = second
    }

    init(_ meaning: Meaning) {
        switch meaning {
        case .normalization(let step): self.init(step)
        case .splitting(let step): self.init(step)
        case .decoding(let step): self.init(step)
        }
    }

    init(_ step: NormalizationStep) {
        switch step {
        case .nfc: self.init(kind: Kind.nfc)
        case .prepend(let text): self.init(kind: Kind.prepend, first: text)
        case .replace(let old, let new): self.init(kind: Kind.replace, first: old, second: new)
        case .replaceStart(let old, let new): self.init(kind: Kind.replaceStart, first: old, second: new)
        case .trim(let unit): self.init(kind: Kind.trim, first: unit)
        case .collapse(let unit): self.init(kind: Kind.collapse, first: unit)
        case .strip(let left, let right): self.init(kind: Kind.strip, option: (left ? 1 : 0) | (right ? 2 : 0))
        }
    }

    init(_ step: SplittingStep) {
        switch step {
        case .prefixSpace: self.init(kind: Kind.prefixSpace)
        case .metaspace(let text, let prefix):
            self.init(kind: Kind.metaspace, option: prefix.rawValue, first: text)
        case .literal(let text, let place): self.init(kind: Kind.literal, option: place.rawValue, first: text)
        case .pattern(let pattern): self.init(kind: Kind.pattern, option: pattern.rawValue)
        }
    }

    init(_ step: DecodingStep) {
        switch step {
        case .bytes: self.init(kind: Kind.bytes)
        case .replace(let old, let new): self.init(kind: Kind.decodingReplace, first: old, second: new)
        case .byteFallback: self.init(kind: Kind.byteFallback)
        case .stripStart(let text, let count): self.init(kind: Kind.stripStart, option: count, first: text)
        case .metaspace(let text, let dropsFirst):
            self.init(kind: Kind.decodingMetaspace, option: dropsFirst ? 1 : 0, first: text)
        }
    }
}
