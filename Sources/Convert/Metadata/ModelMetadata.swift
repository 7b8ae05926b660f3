import SkipFiles
import SkipModel

/// What the files of a checkpoint's directory say about the model: its name, license, origin, chat template and
/// generation defaults.
///
/// The facts are only recorded. A file that does not state them, or states them in an unexpected form, is not an error.
/// Names of local directories are not facts, because the same checkpoint would then give different bytes.
public struct ModelMetadata: Sendable {
    /// The facts, except for the hash of the chat template.
    public let entries: [ProvenanceEntry]
    /// The text of the chat template; nil if there is none.
    public let chatTemplate: [UInt8]?

    /// Reads the facts.
    ///
    /// - Throws: if a file exists but cannot be read.
    public init(directory: String) throws(InputError) {
        let hub = HubPath(try FileProbe.resolved(directory))
        let card = try ModelCard(directory: directory)
        var repository = hub?.repository
        if repository == nil { repository = try Self.configuredName(directory) }
        var facts: [(key: String, value: String?)] = [
            (MetadataKey.name, card.name ?? repository.map(Self.lastComponent)),
            (MetadataKey.license, card.license),
            (MetadataKey.source, repository.flatMap { $0.contains("/") ? $0 : nil }),
            (MetadataKey.revision, hub?.revision),
            (MetadataKey.base, card.base),
        ]
        facts += try Self.generationFacts(directory)
        entries = facts.compactMap { key, value in
            guard let value, MetadataEntry.isValue(value, byteLimit: Self.byteLimit) else { return nil }
            return ProvenanceEntry(key, value)
        }
        chatTemplate = try ChatTemplate.text(directory)
    }

    /// The largest number of bytes of a fact. A longer one is left out.
    private static let byteLimit = 256

    private static func lastComponent(_ repository: String) -> String {
        repository.split(separator: "/").last.map(String.init) ?? repository
    }

    /// Returns `_name_or_path` of `config.json` if it has the form of a repository's name; nil for a path.
    private static func configuredName(_ directory: String) throws(InputError) -> String? {
        guard let config = try object(directory + "/" + KnownFileNames.configuration),
            case .string(let name)? = config["_name_or_path"], let text = String(validating: name.bytes, as: UTF8.self)
        else { return nil }
        return HubPath.isRepository(text) ? text : nil
    }

    private static func generationFacts(_ directory: String) throws(InputError) -> [(key: String, value: String?)] {
        guard let config = try object(directory + "/generation_config.json") else { return [] }
        return GenerationField.allCases.map { field in
            let number: Double? =
                switch config[ByteString(field.rawValue)] {
                case .bool(let boolean)? where field == .samples: boolean ? 1 : 0
                case .number(let number)? where field != .samples: number.double
                default: nil
                }
            return (field.key, number.flatMap { field.allows($0) ? field.text($0) : nil })
        }
    }

    /// Returns the object in a JSON file; nil if there is no such file, or something else in it.
    static func object(_ path: String) throws(InputError) -> JSONObject? {
        guard try FileProbe.isRegularFile(path) else { return nil }
        do throws(InputError) {
            return try JSONFile.object(path, syntaxRule: .configSyntax)
        } catch {
            if error.rule == .configSyntax || error.rule == .jsonTooLarge { return nil }
            throw error
        }
    }

    /// Returns the first bytes of a file, at most `byteLimit`; nil if there is no such file.
    static func start(of path: String, byteLimit: Int) throws(InputError) -> [UInt8]? {
        guard try FileProbe.isRegularFile(path) else { return nil }
        let file = try InputFile(opening: path)
        return try file.bytes(0..<min(file.byteCount, byteLimit))
    }
}
