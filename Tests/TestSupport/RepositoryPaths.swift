/// Places in the repository that tests read.
public enum RepositoryPaths {
    /// The root of the repository.
    public static let root: String = {
        // #filePath is ROOT/Tests/TestSupport/RepositoryPaths.swift.
        var path = #filePath
        for _ in 0..<3 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        return path
    }()

    /// A small routed checkpoint with expected results, made by `Scripts/make_fixtures.py`.
    public static func fixture(_ name: String) -> String { root + "/Tests/Fixtures/" + name }

    /// A document in `specs`.
    public static func specification(_ name: String) -> String { root + "/specs/" + name }

    /// The bundled example model.
    public static let bard = root + "/Examples/bard"
}
