import SkipFiles

/// Records which fields of a configuration are read, and what its user should know.
///
/// The readers of one configuration and of its sections share a record.
final class ConfigurationRecord {
    /// The paths of the fields that are read.
    private var readFields: Set<ByteString> = []
    private(set) var notes: [ConfigurationNote] = []

    func markRead(_ path: String) { readFields.insert(ByteString(path)) }

    func hasRead(_ path: String) -> Bool { readFields.contains(ByteString(path)) }

    /// Adds a note, unless it is there.
    func add(_ note: ConfigurationNote) {
        if !notes.contains(note) { notes.append(note) }
    }

    /// Whether the field is absent and has its default.
    func isDefaulted(_ path: String) -> Bool {
        notes.contains { note in
            guard case .defaulted(path, _, _) = note else { return false }
            return true
        }
    }

    /// Removes the note about a default, because another file determines the value.
    func removeDefault(of path: String) {
        notes.removeAll { note in
            guard case .defaulted(path, _, _) = note else { return false }
            return true
        }
    }
}
