import SkipFiles

/// The name of a repository of the Hugging Face Hub, `OWNER/NAME`, where a path is needed.
enum HubName {
    /// Returns how to download the repository if a path that does not exist has the form of such a name.
    static func hint(forAbsent path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(isPart) else { return nil }
        return "skipc works offline; if \(path) is a model on the Hugging Face Hub, download it first: "
            + "hf download \(path) --local-dir \(parts[1])"
    }

    private static func isPart(_ part: Substring) -> Bool {
        guard (1...96).contains(part.utf8.count), part.utf8.first != UInt8(ascii: ".") else { return false }
        return part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-_.".utf8.contains(byte)
            }
        }
    }
}
