import CLibFuzzer
import FuzzEntries
import Glibc

/// Runs libFuzzer on one entry, or prints what entries do with files.
///
///     FUZZ_ENTRY=json Fuzz [libFuzzer arguments]
///     Fuzz --verdicts        reads lines "ENTRY PATH" and writes a line for each: accepted, refused or broken
///
/// The entry is in the environment, because libFuzzer starts itself again with its own arguments.
@main
enum Fuzz {
    // Constant after the start.
    nonisolated(unsafe) static var entry = FuzzEntry.json

    static func main() {
        if CommandLine.arguments.dropFirst().first == "--verdicts" { return printVerdicts() }
        guard let name = getenv("FUZZ_ENTRY"), let chosen = FuzzEntry(rawValue: String(cString: name)) else {
            let names = FuzzEntry.allCases.map(\.rawValue).joined(separator: " ")
            print("FUZZ_ENTRY must be one of: \(names)")
            exit(2)
        }
        entry = chosen
        var argumentCount = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = LLVMFuzzerRunDriver(&argumentCount, &arguments) { start, count in
            do {
                _ = try Fuzz.entry.check(Array(UnsafeBufferPointer(start: start, count: count)))
            } catch {
                fatalError("broken property: \(error)")
            }
            return 0
        }
        exit(status)
    }

    private static func printVerdicts() {
        while let line = readLine() {
            guard let space = line.firstIndex(of: " "), let entry = FuzzEntry(rawValue: String(line[..<space])),
                let bytes = contents(String(line[line.index(after: space)...]))
            else {
                print("unreadable")
                continue
            }
            do {
                switch try entry.check(bytes) {
                case .accepted(let detail): print("accepted \(detail)")
                case .refused(let rule): print("refused \(rule)")
                }
            } catch {
                print("broken \(error)")
            }
        }
    }

    private static func contents(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: ftell(file))
        rewind(file)
        return fread(&bytes, 1, bytes.count, file) == bytes.count ? bytes : nil
    }
}
