import SkipConvert
import SkipModel

extension MetadataError {
    /// What is wrong and what is required.
    var words: String {
        switch self {
        case .key:
            "a key has at most \(MetadataEntry.keyByteLimit) bytes: lower-case words with dots and hyphens between "
                + "them, such as model.license"
        case .reservedKey(let start): "keys that start with \(start) are recorded by skipc itself"
        case .value(let byteLimit): "a value is one line of text without control characters, 1 to \(byteLimit) bytes"
        case .generationField(let field?): "the value must be \(field.requirement)"
        case .generationField(nil):
            "there is no such generation default; there are "
                + GenerationField.allCases.map(\.key).joined(separator: ", ")
        case .repeatedKey(let key): "the key \(key) is given twice"
        case .tooMany(let limit): "at most \(limit) facts can be given"
        }
    }
}
