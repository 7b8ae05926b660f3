import SkipFiles
import SkipModel

/// A fact that a user gives for a file to record: a key and a value.
public struct MetadataEntry: Equatable, Sendable {
    public let key: String
    public let value: String

    /// Checks a fact.
    ///
    /// - Throws: why it is not recorded.
    public init(key: String, value: String) throws(MetadataError) {
        guard Self.isKey(key) else { throw .key }
        if let owner = Self.reservedStarts.first(where: key.hasPrefix) { throw .reservedKey(start: owner) }
        guard Self.isValue(value, byteLimit: Self.valueByteLimit) else { throw .value(byteLimit: Self.valueByteLimit) }
        if key.hasPrefix("generation."), GenerationField.allCases.first(where: { $0.key == key })?.number(value) == nil
        {
            throw .generationField(GenerationField.allCases.first { $0.key == key })
        }
        self.key = key
        self.value = value
    }

    /// Checks facts that are given together: at most `countLimit`, with different keys.
    public static func check(_ entries: [MetadataEntry]) throws(MetadataError) {
        if entries.count > countLimit { throw .tooMany(limit: countLimit) }
        var keys: Set<String> = []
        for entry in entries where !keys.insert(entry.key).inserted { throw .repeatedKey(entry.key) }
    }

    /// The largest number of bytes of a value.
    public static let valueByteLimit = 4096
    /// The largest number of bytes of a key.
    public static let keyByteLimit = 64
    /// The largest number of facts.
    public static let countLimit = 64

    /// What keys start with that only the compiler records.
    private static let reservedStarts = ["tool.", "source.", "adapter.", "option.", "blas.", "chat-template."]

    /// Whether a key consists of lower-case words of letters and digits, with dots and hyphens between them.
    private static func isKey(_ key: String) -> Bool {
        let words = key.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        return key.utf8.count <= keyByteLimit
            && words.allSatisfy { word in
                !word.isEmpty && word.allSatisfy("abcdefghijklmnopqrstuvwxyz0123456789".utf8.contains)
            }
    }

    /// Whether a value is one line of printable text, not empty and not too long.
    static func isValue(_ value: String, byteLimit: Int) -> Bool {
        (1...byteLimit).contains(value.utf8.count) && PrintableText.escaping(value, keepsLineBreaks: false) == value
    }
}

/// Why a fact is not recorded.
public enum MetadataError: Error, Equatable, Sendable {
    /// The key is not made of lower-case words, dots and hyphens, or is too long.
    case key
    /// Keys with this start are the compiler's.
    case reservedKey(start: String)
    /// The value is empty, too long, or contains control characters.
    case value(byteLimit: Int)
    /// The value is not one of this generation field; nil for a field that there is not.
    case generationField(GenerationField?)
    /// Two facts have the same key.
    case repeatedKey(String)
    /// There are more facts than this.
    case tooMany(limit: Int)
}
