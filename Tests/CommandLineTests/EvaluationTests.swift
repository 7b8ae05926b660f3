import Foundation
import TestSupport
import Testing

/// `perplexity` and `parity`, through the program, on the bundled example.
@Suite struct EvaluationTests {
    private static let text = """
        First Citizen:
        Before we proceed any further, hear me speak.

        All:
        Speak, speak.

        First Citizen:
        You are all resolved rather to die than to famish?
        """

    /// A directory with `bard.skipgpt` and `text.txt`.
    private func prepared(_ outputType: String = "auto") throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let bard = RepositoryPaths.bard
        try directory.write(Self.text, to: "text.txt")
        let result = try ToolProcess.run(
            "skipc",
            [
                "convert", bard, "--router", bard + "/routers.safetensors", "-o", directory.file("bard.skipgpt"),
                "--outtype", outputType,
            ])
        try #require(result.status == 0, "\(result.errors)")
        return directory
    }

    private func report(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, values: [String: Any]) {
        let result = try ToolProcess.run("skipc", arguments + ["--json"], environment: environment)
        let object = try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any]
        return (result.status, object ?? [:])
    }

    @Test(arguments: [[], ["--dense"]])
    func perplexityMatchesTheTracedLogits(_ mode: [String]) throws {
        let directory = try prepared()
        let model = directory.file("bard.skipgpt")
        let trace = try ToolProcess.run(
            "skipc", ["trace", model, "-p", Self.text, "-o", directory.file("t.safetensors")] + mode)
        try #require(trace.status == 0, "\(trace.errors)")
        let traced = try SafetensorsFile(directory.file("t.safetensors"))
        let ids = try traced.integers("ids")
        let logits = try traced.floats("logits")
        let width = logits.count / ids.count
        var losses: [Double] = []
        for (index, next) in ids.dropFirst().enumerated() {
            let row = logits[index * width..<(index + 1) * width].map(Double.init)
            losses.append(log(row.map { exp($0) }.reduce(0, +)) - row[next])
        }
        let expected = exp(losses.reduce(0, +) / Double(losses.count))

        // A trace does not round activations.
        for (bits, tolerance) in [("32", 1e-4), ("", 1e-2)] {
            let found = try report(
                ["perplexity", model, "--text", directory.file("text.txt"), "--score", "all", "--ctx", "512"] + mode,
                environment: ["SKIPC_ACTIVATION_BITS": bits])
            #expect(found.status == 0)
            #expect(found.values["scoredTokens"] as? Int == losses.count)
            let perplexity = try #require(found.values["perplexity"] as? Double)
            #expect(abs(perplexity - expected) <= tolerance * expected)
        }
    }

    @Test func halfOfEachWindowIsScoredByDefault() throws {
        let directory = try prepared()
        let arguments = [
            "perplexity", directory.file("bard.skipgpt"), "--text", directory.file("text.txt"), "--ctx", "16",
        ]
        let all = try report(arguments)
        let windows = try #require(all.values["windows"] as? Int)
        #expect(windows > 2)
        #expect(all.values["scoredTokens"] as? Int == windows * 7)
        #expect(try report(arguments + ["--windows", "2"]).values["scoredTokens"] as? Int == 14)
        #expect(try ToolProcess.run("skipc", arguments.dropLast() + ["4096"]).status == 2)
    }

    @Test func aChangeOfPerplexityIsReportedWithAndWithoutFlips() throws {
        let directory = try prepared()
        let bard = directory.file("bard.skipgpt")
        let dense = directory.file("dense.skipgpt")
        let converted = try ToolProcess.run("skipc", ["convert", RepositoryPaths.bard, "--no-router", "-o", dense])
        try #require(converted.status == 0)
        // The scalar kernels, because the others may add in another order for other numbers of executing rows.
        func perplexity(_ arguments: [String]) throws -> [String: Any] {
            let found = try report(
                ["perplexity"] + arguments + ["--text", directory.file("text.txt"), "--ctx", "16"],
                environment: ["SKIPC_ISA": "scalar", "SKIPC_ACTIVATION_BITS": "32"])
            #expect(found.status == 0)
            return found.values
        }
        func number(_ values: Any?, _ key: String) throws -> Double {
            try #require((values as? [String: Any])?[key] as? Double)
        }
        let routed = try number(perplexity([bard]), "perplexity")
        let unrouted = try number(perplexity([dense]), "perplexity")
        #expect(abs(routed - unrouted) > 0.01 * routed)
        // The files have the same weights: perplexities differ without routers, and are equal on the other's routes.
        let compared = try perplexity([dense, "--against", bard])
        #expect(try number(compared, "perplexity") == unrouted)
        #expect(try number(compared["against"], "perplexity") == routed)
        #expect(abs(try number(compared["against"], "change") - (unrouted / routed - 1)) < 1e-9)
        #expect(try number(compared["against"], "changeStandardError") > 0)
        #expect(try number(compared["onItsRoutes"], "perplexity") == routed)
        #expect(try number(compared["onItsRoutes"], "change") == 0)
        // If every module executes, there are no routes.
        let alike = try perplexity([bard, "--against", dense, "--dense"])
        #expect(try number(alike["against"], "change") == 0)
        #expect(alike["onItsRoutes"] == nil)

        let text = try ToolProcess.run(
            "skipc",
            ["perplexity", dense, "--against", bard, "--text", directory.file("text.txt"), "--ctx", "16"])
        #expect(text.outputText.contains("\nagainst ") && text.outputText.contains("\non its routes "))
        #expect(text.outputText.components(separatedBy: "\n  change ").count == 3)
        #expect(text.outputText.contains(" ± "))
    }

    @Test func aModelIsAtParityWithItsReferenceTrace() throws {
        let directory = try prepared("f32")
        let found = try report([
            "parity", directory.file("bard.skipgpt"), "--reference", RepositoryPaths.bard + "/reference.safetensors",
            "--max-flip-rate", "0",
        ])
        #expect(found.status == 0)
        #expect(found.values["flips"] as? Int == 0)
        #expect(found.values["decisions"] as? Int == 256)
        #expect(try #require(found.values["relativeLogitError"] as? Double) < 1e-5)
        #expect(found.values["topTokenAgreement"] as? Double == 1)
    }

    @Test func flippedDecisionsAreCountedAndJudged() throws {
        let directory = try prepared()
        let dense = directory.file("dense.skipgpt")
        // Without routers every module executes, so that each decision to skip is a flip.
        let converted = try ToolProcess.run("skipc", ["convert", RepositoryPaths.bard, "--no-router", "-o", dense])
        try #require(converted.status == 0)
        let arguments = ["parity", dense, directory.file("bard.skipgpt"), "--text", directory.file("text.txt")]
        // A trace does not round activations.
        let found = try report(
            arguments + ["--max-flip-rate", "0.01"], environment: ["SKIPC_ACTIVATION_BITS": "32"])
        #expect(found.status == 1)
        let decisions = try #require(found.values["decisions"] as? Int)
        let flips = try #require(found.values["flips"] as? Int)
        let traced = try ToolProcess.run(
            "skipc", ["trace", directory.file("bard.skipgpt"), "-p", Self.text, "-o", directory.file("t.safetensors")])
        #expect(traced.status == 0)
        let executed = try SafetensorsFile(directory.file("t.safetensors")).bytes("executed")
        #expect(decisions == executed.count)
        #expect(flips == executed.count { $0 == 0 })
        let margins = found.values["margins"] as? [[String: Any]] ?? []
        #expect(margins.compactMap { $0["decisions"] as? Int }.reduce(0, +) == decisions)
        #expect(margins.compactMap { $0["flips"] as? Int }.reduce(0, +) == flips)
        #expect(try report(arguments + ["--max-flip-rate", "0.9"]).status == 0)
    }

    @Test("bench reports every run, their mean and deviation, in a fixed order")
    func benchReportsTheDeviation() throws {
        let directory = try prepared()
        let model = directory.file("bard.skipgpt")
        let result = try ToolProcess.run("skipc", ["bench", model, "-p", "8", "-n", "4", "-r", "3", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        var keys = result.outputText.matches(of: /"([a-zA-Z]+)":/).map { String($0.1) }
        #expect(
            keys.prefix(10) == [
                "file", "rootHash", "weightByteCount", "types", "instructionSet", "threads", "routing",
                "openMilliseconds", "repetitions", "results",
            ])
        keys.removeFirst(10)
        #expect(
            keys.prefix(9) == [
                "test", "promptTokens", "meanTokensPerSecond", "standardDeviation", "tokensPerSecond",
                "weightBytesPerToken", "executed", "attention", "mlp",
            ])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
        let results = try #require(object["results"] as? [[String: Any]])
        #expect(results.map { $0["test"] as? String } == ["pp8", "tg4"])
        for result in results {
            let runs = try #require(result["tokensPerSecond"] as? [Double])
            let mean = runs.reduce(0, +) / 3
            let reported = try #require(result["meanTokensPerSecond"] as? Double)
            #expect(runs.count == 3 && abs(reported / mean - 1) < 1e-9)
            let variance = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2
            let deviation = try #require(result["standardDeviation"] as? Double)
            #expect(abs(deviation - variance.squareRoot()) < 1e-6 * mean)
        }
        let text = try ToolProcess.run("skipc", ["bench", model, "-p", "0", "-n", "4", "-r", "2"]).outputText
        #expect(text.contains(/\| tg4 +\| +|tg4 \| +[0-9.]+ ± [0-9.]+ \|/))
    }

    @Test(arguments: ["{}", "[1, 2", "[1, -2]", "[1, 4294967296]", "[1, \"2\"]"])
    func aBrokenListOfTokensIsRefused(_ ids: String) throws {
        let directory = try prepared()
        let model = directory.file("bard.skipgpt")
        try directory.write(ids, to: "ids.json")
        for command in [["perplexity", model], ["parity", model, model]] {
            let result = try ToolProcess.run("skipc", command + ["--ids", directory.file("ids.json")])
            #expect(result.status == 3)
            #expect(result.errors.contains("error[IN-01]: \(directory.file("ids.json"))"), "\(result.errors)")
        }
    }

    @Test(arguments: [
        [SafetensorsBuilder.float32("ids", [1], [1])],
        [.init(name: "ids", dtype: "I64", shape: [1], bytes: [UInt8](repeating: 0xFF, count: 8))],
        [.init(name: "ids", dtype: "I64", shape: [1], bytes: [UInt8](repeating: 0, count: 8))],
        [
            .init(name: "ids", dtype: "I64", shape: [1], bytes: [UInt8](repeating: 0, count: 8)),
            SafetensorsBuilder.float32("logits", [1, 2], [1, 2]),
        ],
    ])
    func aTraceOfAnotherModelIsRefused(_ tensors: [SafetensorsBuilder.Tensor]) throws {
        let directory = try prepared()
        try directory.write(SafetensorsBuilder(tensors).file, to: "trace.safetensors")
        let trace = directory.file("trace.safetensors")
        let result = try ToolProcess.run("skipc", ["parity", directory.file("bard.skipgpt"), "--reference", trace])
        #expect(result.status == 3)
        #expect(result.errors.contains("error[IN-02]: \(trace): tensor \""), "\(result.errors)")
    }
}
