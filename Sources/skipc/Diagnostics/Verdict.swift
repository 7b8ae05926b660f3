/// The answer of a command that judges a file or a comparison.
struct Verdict: Error {
    let isGood: Bool
}
