import SkipFiles

/// A key of `rank_pattern` or `alpha_pattern`, matched as PEFT's `get_pattern_key` does: `(.*\.)?(KEY)$`, from the start of
/// the module's name in the model that PEFT wrapped.
///
/// A dot matches any character, `\.` a dot, and `^` at the start ties the key to the start of the name. A key with any
/// other special character of regular expressions is refused.
struct ModulePattern {
    /// The bytes to match; nil matches any byte.
    private let bytes: [UInt8?]
    private let isAnchored: Bool

    /// Returns nil if the key needs a regular expression.
    init?(_ key: ByteString) {
        var rest = key.bytes[...]
        isAnchored = rest.first == UInt8(ascii: "^")
        if isAnchored { rest.removeFirst() }
        var bytes: [UInt8?] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."): bytes.append(nil)
            case UInt8(ascii: "\\"):
                guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
                bytes.append(UInt8(ascii: "."))
            case _ where Set("^$*+?()[]{}|".utf8).contains(byte): return nil
            default: bytes.append(byte)
            }
        }
        if bytes.isEmpty { return nil }
        self.bytes = bytes
    }

    /// Returns whether PEFT applies the key to the module of this name.
    func matches(_ module: ByteString) -> Bool {
        let name = module.bytes
        let start = name.count - bytes.count
        guard start >= 0, zip(name[start...], bytes).allSatisfy({ $1 == nil || $0 == $1 }) else { return false }
        return start == 0 || !isAnchored && name[start - 1] == UInt8(ascii: ".")
    }
}
