import Foundation
import SkipGenerate
import SkipModel
import TestSupport
import Testing

/// How the options of the command line and the generation defaults of a file become the values of the sampler.
@Suite struct SamplingDefaultTests {
    private func defaults(_ facts: KeyValuePairs<String, String>) -> GenerationDefaults {
        GenerationDefaults(facts.map { ProvenanceEntry("generation." + $0.key, $0.value) })
    }

    @Test("Without options and recorded values, the most probable token is chosen")
    func greedy() {
        let sampling = SamplingChoice().resolved(defaults([:]))
        #expect(sampling.options == .init() && sampling.recorded.isEmpty)
        #expect(sampling.text == "sampling  greedy\n")
        // Transformers ignores these unless `do_sample` is true.
        let ignored = SamplingChoice().resolved(defaults(["do-sample": "false", "temperature": "0.5", "top-k": "7"]))
        #expect(ignored.options == .init())
    }

    @Test("Recorded values are used; what the file does not record has the default of Transformers")
    func recorded() {
        let sampling = SamplingChoice().resolved(
            defaults(["do-sample": "true", "temperature": "0.5", "top-p": "0.75", "repetition-penalty": "1.25"]))
        let options = sampling.options
        #expect(options.temperature == 0.5 && options.topProbability == 0.75 && options.repetitionPenalty == 1.25)
        #expect(options.topCount == 50 && options.minimumProbability == 0)
        #expect(sampling.recorded == [.temperature, .repetitionPenalty, .topProbability])
        let drawn = SamplingChoice().resolved(defaults(["do-sample": "true"])).options
        #expect(drawn.temperature == 1 && drawn.topProbability == 1)
    }

    @Test("Options of the command line are used before recorded values, and then before llama.cpp's defaults")
    func given() {
        var choice = SamplingChoice()
        choice.temperature = 0.25
        choice.topCount = 3
        let file = defaults(["do-sample": "true", "temperature": "0.5", "top-k": "7", "top-p": "0.5"])
        let options = choice.resolved(file).options
        #expect(options.temperature == 0.25 && options.topCount == 3 && options.topProbability == 0.5)
        #expect(options.minimumProbability == 0.05)
        choice.temperature = 0
        #expect(choice.resolved(file).options == .init())
        #expect(choice.resolved(file).unused([.topCount, .threads]) == [.topCount])
    }

    @Test("Both programs draw with the values of the file and say so, and --temp 0 chooses the most probable token")
    func throughThePrograms() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let convert = ["convert", directory.path, "--tokenizer", "none", "-o"]
        let (drawing, greedy) = (directory.file("drawing.skipgpt"), directory.file("greedy.skipgpt"))
        try #require(ToolProcess.run("skipc", convert + [greedy]).status == 0)
        try directory.write(#"{"do_sample": true, "temperature": 100, "top_k": 0}"#, to: "generation_config.json")
        try #require(ToolProcess.run("skipc", convert + [drawing]).status == 0)
        let prompt = ["--ids", "1,2", "-n", "12", "--stats"]
        for (program, words) in [("skiprun", []), ("skipc", ["run"])] {
            func run(_ words: [String]) throws -> (text: String, errors: String) {
                let result = try ToolProcess.run(program, words)
                #expect(result.status == 0, "\(result.errors)")
                return (result.outputText, result.errors)
            }
            let expected = try run(words + [greedy] + prompt)
            #expect(expected.errors.contains("sampling  greedy\n"))
            let drawn = try run(words + [drawing] + prompt)
            #expect(drawn.errors.contains("temperature 100.0, top-k 0, top-p 1.0, min-p 0.0, seed 0"))
            #expect(drawn.errors.contains("; the file's: --temp, --top-k\n"))
            #expect(drawn.text != expected.text)
            #expect(try run(words + [drawing, "--temp", "0"] + prompt).text == expected.text)
            let report = try run(words + [drawing, "--json"] + prompt).text
            #expect(report.contains(#""fromFile":["--temp","--top-k"]"#))
        }
    }
}
