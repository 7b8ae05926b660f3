import SkipFiles

/// A key of `rank_pattern` or `alpha_pattern`: the last components of a module's name.
///
/// PEFT evaluates keys as regular expressions. Here, a key with a special character of regular expressions is refused,
/// except for the dot, which matches only a dot.
struct ModulePattern {
    /// The canonical form of the key, without wrappers.
    let suffix: ByteString

    /// Returns nil if the key is a regular expression.
    init?(_ key: ByteString) {
        let special = Set("^$*+?()[]{}|\\".utf8)
        guard !key.bytes.isEmpty, !key.bytes.contains(where: special.contains) else { return nil }
        suffix = TrainingName(key).canonical
    }

    /// Returns whether the module's name ends in the components of the key.
    func matches(_ module: ByteString) -> Bool {
        if module == suffix { return true }
        return module.bytes.count > suffix.bytes.count
            && module.bytes.suffix(suffix.bytes.count).elementsEqual(suffix.bytes)
            && module.bytes[module.bytes.count - suffix.bytes.count - 1] == UInt8(ascii: ".")
    }
}
