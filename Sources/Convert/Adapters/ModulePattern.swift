import SkipFiles

/// A key of `rank_pattern` or `alpha_pattern`, matched as PEFT's `get_pattern_key` does: `(.*\.)?(KEY)$`, from the
/// start of the module's name in the model that PEFT wrapped.
///
/// A dot matches any character, `\.` a dot, and `^` at the start ties the key to the start of the name. Keys with other
/// special characters are compiled. Most keys are plain names, which need no program.
struct ModulePattern {
    private enum Form {
        /// The bytes to match, nil for any byte, and whether the key begins with `^`.
        case literal([UInt8?], isAnchored: Bool)
        case expression(RegularExpression)
    }

    private let form: Form

    /// Throws if the key needs a regular expression that is not supported.
    init(_ key: ByteString) throws(RegularExpression.Refusal) {
        if let literal = Self.literal(key) {
            form = literal
        } else {
            form = .expression(
                try RegularExpression(ByteString(bytes: Array(#"(.*\.)?("#.utf8) + key.bytes + Array(")$".utf8))))
        }
    }

    /// Nil if the key needs a regular expression.
    private static func literal(_ key: ByteString) -> Form? {
        var rest = key.bytes[...]
        let isAnchored = rest.first == UInt8(ascii: "^")
        if isAnchored { rest.removeFirst() }
        var bytes: [UInt8?] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."): bytes.append(nil)
            case UInt8(ascii: "\\"):
                guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
                bytes.append(UInt8(ascii: "."))
            case _ where "^$*+?()[]{}|".utf8.contains(byte): return nil
            default: bytes.append(byte)
            }
        }
        return bytes.isEmpty ? nil : .literal(bytes, isAnchored: isAnchored)
    }

    /// Returns whether PEFT applies the key to the module of this name.
    func matches(_ module: ByteString) -> Bool {
        switch form {
        case .expression(let expression): return expression.matches(startOf: module)
        case .literal(let bytes, let isAnchored):
            let name = module.bytes
            let start = name.count - bytes.count
            guard start >= 0, zip(name[start...], bytes).allSatisfy({ $1 == nil || $0 == $1 }) else { return false }
            return start == 0 || !isAnchored && name[start - 1] == UInt8(ascii: ".")
        }
    }

    /// The number of steps to match a name of one byte.
    var cost: Int {
        switch form {
        case .literal: 1
        case .expression(let expression): expression.cost
        }
    }
}
