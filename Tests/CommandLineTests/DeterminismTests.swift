import TestSupport
import Testing

/// A sample of the circumstances of `make determinism`, which tries all.
@Suite struct DeterminismTests {
    @Test func outputsDependOnInputsAndOptionsOnly() throws {
        let script = RepositoryPaths.root + "/Scripts/check_determinism.py"
        let result = try ToolProcess.run("skipc", [script], through: #"exec python3 "$1" "$0" --quick"#)
        #expect(result.status == 0, "\(result.outputText)\(result.errors)")
        #expect(result.outputText.contains(/\nall +36 runs, 0 differ\n/))
    }
}
