import SkipFiles

/// The tokenizer files of a directory.
package enum TokenizerContents {
    /// A tokenizer that is read.
    case tokenizer(name: String)
    /// Only files of formats that are not read, or none.
    case otherFormats([String])

    static let fileName = "tokenizer.json"
    private static let modelName = "tokenizer.model"

    /// Finds the tokenizer of a directory: `tokenizer.json`, otherwise `tokenizer.model`, otherwise the first
    /// `*.tiktoken`.
    package init(of directory: String) throws(InputError) {
        for name in [Self.fileName, Self.modelName] where try FileProbe.exists(directory + "/" + name) {
            self = .tokenizer(name: name)
            return
        }
        let names = (try? DirectoryListing.names(in: directory)) ?? []
        if let name = names.first(where: { $0.hasSuffix(".tiktoken") }) {
            self = .tokenizer(name: name)
        } else {
            self = .otherFormats(names.filter(Self.otherNames.contains))
        }
    }

    /// Names of files that contain a tokenizer, or a part of one, in a format that is not read.
    static let otherNames: Set<String> = [
        "merges.txt", "sentencepiece.bpe.model", "spiece.model", "tekken.json", "vocab.json", "vocab.txt",
    ]
}
