import SkipFiles
import SkipFormat

/// A file that is not the one that was requested.
package struct RootHashMismatch: Diagnosable, Equatable {
    package let path: String
    package let found: SHA256Digest
    package let expected: SHA256Digest

    package init(path: String, found: SHA256Digest, expected: SHA256Digest) {
        self.path = path
        self.found = found
        self.expected = expected
    }

    package var diagnostic: Diagnostic {
        Diagnostic(
            .verdict, place: "\(ByteString(path))", "another file: its root hash is \(found), not \(expected)",
            hint: "use the file with this root hash, or give the root hash of this one")
    }
}
