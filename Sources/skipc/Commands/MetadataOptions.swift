import ArgumentParser
import SkipConvert
import SkipFiles

/// What a file records of its origin.
struct MetadataOptions: ParsableArguments {
    @Option(
        name: .customLong("metadata"),
        help: ArgumentHelp(
            """
            A fact to record in the file, such as model.license=mit, also instead of what the checkpoint's files say. \
            `inspect` shows it. Repeat for several.
            """, valueName: "key=value"))
    var arguments: [MetadataArgument] = []

    @Flag(help: "Record the SHA-256 of every whole input file, not only that of its header.")
    var hashSources = false

    /// The facts, in the order of the command line.
    var entries: [MetadataEntry] { arguments.compactMap { try? $0.entry.get() } }

    func validate() throws {
        for argument in arguments { _ = try argument.entry.get() }
        do throws(MetadataError) { try MetadataEntry.check(entries) } catch {
            throw ValidationError("--metadata: \(error.words)")
        }
    }
}

/// `KEY=VALUE` after `--metadata`.
struct MetadataArgument: ExpressibleByArgument {
    let entry: Result<MetadataEntry, ValidationError>

    init(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else {
            entry = .failure(ValidationError("--metadata \(ByteString(argument)): write KEY=VALUE"))
            return
        }
        let key = String(argument[..<equals])
        do throws(MetadataError) {
            entry = .success(try MetadataEntry(key: key, value: String(argument[argument.index(after: equals)...])))
        } catch {
            entry = .failure(ValidationError("--metadata \(ByteString(key)): \(error.words)"))
        }
    }
}
