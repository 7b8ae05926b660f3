import SkipFiles

/// The routers that are used if no file of routers is named.
public enum RouterFallback: Sendable {
    /// Those that the checkpoint contains, or none.
    case checkpoint
    /// Those that the checkpoint contains, or those of the only file of routers in the model directory, or none.
    case directory
    /// None. Those that the checkpoint contains are left out.
    case none
}

extension RouterFallback {
    /// The names under which a directory holds routers. `merge` writes the first.
    private static let fileNames = ["routers.safetensors", "router.safetensors", "routers.pth", "router.pth"]

    /// Returns the path of the file of routers in a directory; nil without one.
    ///
    /// - Throws: `routersTwice` if there are several.
    static func file(in directory: String) throws(InputError) -> String? {
        var found: [String] = []
        for name in fileNames {
            if try FileProbe.exists(directory + "/" + name) { found.append(name) }
        }
        if found.count > 1 {
            throw InputError(
                .routersTwice, file: directory, found: found.joined(separator: " and "),
                required: "one of them, given with --router")
        }
        return found.first.map { directory + "/" + $0 }
    }
}
