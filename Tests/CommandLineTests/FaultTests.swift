import Foundation
import TestSupport
import Testing

/// A sample of the faults of `make faults`, which tries all.
@Suite struct FaultTests {
    @Test("SY-116, SY-117, SY-118: a fault leaves the new output or the old one, and a message")
    func aSampleOfFaults() throws {
        let script = RepositoryPaths.root + "/FaultTesting/run.py"
        let result = try ToolProcess.run(
            "skipc", [script], environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            through: #"exec python3 "$1" "$0" --quick --seed 1"#)
        #expect(result.status == 0, "\(result.outputText)\(result.errors)")
        // The faults were injected: the groups of calls have cases.
        for group in ["open EMFILE", "write ENOSPC", "name EIO", "input: replace", "SIGTERM", "two writers"] {
            #expect(result.outputText.contains("\n\(group) "))
        }
    }
}
