import Foundation
import TestSupport
import Testing

/// Compares converted models, through the program, with results of Transformers for the same checkpoints.
@Suite struct ReferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let directory: String
        let expected: String
        var isDense = false
        var adapter: String?
        /// The files that training saved, instead of checkpoint, routers and adapter.
        var training: [String]?

        var testDescription: String {
            directory.split(separator: "/").suffix(2).joined(separator: "/") + (isDense ? ", dense" : "")
                + ((adapter ?? training?[1]).map { " with \($0.split(separator: "/").last ?? "")" } ?? "")
        }
    }

    private static let fixtures = ["llama-linear-f32", "llama-mlp-bf16-sharded", "llama3-rope-tied", "llama-biases"]

    static let cases: [Case] =
        (fixtures.map { RepositoryPaths.fixture($0) + "/expected.safetensors" }
        + [RepositoryPaths.bard + "/reference.safetensors"])
        .flatMap { path in
            [false, true].map {
                Case(
                    directory: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), expected: path, isDense: $0)
            }
        }

    /// Adapters that PEFT saved, with the results of Transformers for the model that PEFT merged.
    static let adapterCases: [Case] =
        [
            "plain", "rslora", "dora", "patterns", "all-linear", "modules-to-save", "embedding", "some-layers",
        ].map { name in
            let directory = RepositoryPaths.fixture("llama-linear-f32")
            let adapter = directory + "/adapters/" + name
            return Case(directory: directory, expected: adapter + ".expected.safetensors", adapter: adapter)
        } + [
            Case(
                directory: RepositoryPaths.bard, expected: RepositoryPaths.bard + "/reference-lora.safetensors",
                adapter: RepositoryPaths.bard + "/lora")
        ]

    /// The files that torch saved after each stage of router training (`Scripts/make_training_files.py`).
    static let trainingCases: [Case] = {
        let directory = RepositoryPaths.fixture("llama-linear-f32")
        let training = directory + "/training/"
        let adapted = directory + "/adapters/plain.expected.safetensors"
        return [
            Case(
                directory: directory, expected: directory + "/expected.safetensors",
                training: ["--checkpoint", training + "model.pth"]),
            Case(
                directory: directory, expected: adapted,
                training: ["--checkpoint", training + "model.bin", "--lora-alpha", "8"]),
            Case(
                directory: directory, expected: adapted,
                training: ["--router", training + "router.pth", "--lora", training + "lora.pth", "--lora-alpha", "8"]),
        ]
    }()

    @Test(arguments: cases + adapterCases + trainingCases)
    func decisionsAreEqualAndLogitsAgree(_ testCase: Case) throws {
        let outputs = try TemporaryDirectory()
        let expected = try SafetensorsFile(testCase.expected)
        let parts =
            ["--router", testCase.directory + "/routers.safetensors"] + (testCase.adapter.map { ["--lora", $0] } ?? [])
        try run(
            ["convert", testCase.directory, "-o", outputs.file("model.skipgpt"), "--outtype", "f32"]
                + (testCase.training ?? parts))
        try outputs.write("\(try expected.integers("ids"))", to: "ids.json")
        try run(
            [
                "trace", outputs.file("model.skipgpt"), "--ids", outputs.file("ids.json"), "-o",
                outputs.file("t.safetensors"),
            ]
                + (testCase.isDense ? ["--dense"] : []))
        let trace = try SafetensorsFile(outputs.file("t.safetensors"))

        let wanted = try expected.floats(testCase.isDense ? "dense_logits" : "logits")
        let logits = try trace.floats("logits")
        #expect(logits.count == wanted.count)
        let largest = wanted.map(abs).max() ?? 0
        let error = zip(logits, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error <= 2e-4 * largest)
        #expect(try trace.integers("ids") == expected.integers("ids"))
        #expect(try trace.shape("executed") == expected.shape("executed"))
        let executed = try trace.bytes("executed")
        #expect(try executed == (testCase.isDense ? executed.map { _ in 1 } : expected.bytes("executed")))
        if !testCase.isDense, expected.names.contains("router_logits") {
            let routerError = zip(try trace.floats("router_logits"), try expected.floats("router_logits")).map {
                abs($0 - $1)
            }.max()
            #expect((routerError ?? .infinity) <= 1e-3)
        }
    }

    @Test(arguments: [false, true])
    func greedyTextOfTheExampleEqualsTheReference(withAdapter: Bool) throws {
        struct Reference: Decodable {
            let prompt: String
            let greedy_ids: [Int]
            let greedy_text: String
        }
        let bard = RepositoryPaths.bard
        let reference = try JSONDecoder().decode(
            Reference.self,
            from: Data(contentsOf: URL(fileURLWithPath: bard + "/reference\(withAdapter ? "-lora" : "")-greedy.json")))
        let outputs = try TemporaryDirectory()
        let model = outputs.file("bard.skipgpt")
        try run(
            ["convert", bard, "--router", bard + "/routers.safetensors", "-o", model]
                // The reference uses weights that were merged in float32.
                + (withAdapter ? ["--lora", bard + "/lora", "--outtype", "f32"] : []))
        let count = "\(reference.greedy_ids.count)"
        let text = try run(["run", model, "-p", reference.prompt, "-n", count]).outputText
        #expect(text == reference.prompt + reference.greedy_text + "\n")
        let small = try ToolProcess.run("skiprun", [model, "-p", reference.prompt, "-n", count])
        #expect(small.status == 0)
        #expect(small.outputText.contains(reference.greedy_text))
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> ToolProcess {
        let result = try ToolProcess.run("skipc", arguments)
        try #require(result.status == 0, "\(arguments[0]): \(result.errors)")
        return result
    }
}
