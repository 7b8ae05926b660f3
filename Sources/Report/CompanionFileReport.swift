import SkipConvert
import SkipFiles

/// What a JSON file of a model's directory is.
package struct CompanionFileReport: JSONConvertible {
    private let file: String
    private let kind: String

    package init(_ recognized: RecognizedInput, path: String) {
        file = ByteString(path).description
        kind = recognized == .tokenizer ? "tokenizer" : "configuration"
    }

    package var text: String { "\(file): the \(kind) of a model; inspect its directory\n" }

    package var json: JSONDocument { ["kind": .string(kind), "file": .string(file)] }
}
