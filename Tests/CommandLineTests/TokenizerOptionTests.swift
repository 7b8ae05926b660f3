import Foundation
import SkipConvert
import SkipFiles
import SkipFormat
import SkipTokenizer
import TestSupport
import Testing

@testable import SkipCompiler

/// `--tokenizer` through the program: the tokenizer never blocks the weights.
@Suite struct TokenizerOptionTests {
    /// Returns a byte-level `tokenizer.json` of some words, with the ids in their order.
    private static func json(_ words: [String], merges: String = "[]", type: String = "BPE") -> String {
        let ids = words.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
        return """
            {"version": "1.0", "added_tokens": [], "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
             "post_processor": null, "decoder": {"type": "ByteLevel"},
             "model": {"type": "\(type)", "vocab": {\(ids)}, "merges": \(merges)}}
            """
    }

    private static let letters = (0..<16).map { String(UnicodeScalar(UInt8(ascii: "a") + $0)) }

    private func convert(_ directory: TemporaryDirectory, _ options: [String] = []) throws -> ToolProcess {
        try ToolProcess.run(
            "skipc",
            ["convert", directory.path, "--no-router", "-o", directory.file("model.skipgpt"), "--force"] + options)
    }

    @Test(arguments: [
        ("TK-87", json(letters, type: "Unigram")), ("CF-74", json(letters + ["ab"], merges: #"[["a", "b"]]"#)),
        ("TK-89", "{\"version\": \"1.0\", "),
    ])
    func everyErrorNamesTheWaysToContinue(_ rule: String, _ json: String) throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(json, to: "tokenizer.json")
        let refused = try convert(directory)
        #expect(refused.status == (rule == "TK-87" ? 6 : 3), "\(refused.errors)")
        #expect(refused.errors.contains("error[\(rule)]"))
        #expect(refused.errors.contains("hint: ") && refused.errors.contains("--tokenizer none"))
        #expect(refused.errors.contains("--tokenizer PATH"))
        let without = try convert(directory, ["--tokenizer", "none"])
        #expect(without.status == 0 && without.errors.isEmpty, "\(without.errors)")
        // Merging copies the file and does not read it.
        try TinyAdapter().write(to: directory)
        let merged = try ToolProcess.run(
            "skipc", ["merge", directory.path, "--lora", directory.file("lora"), "-o", directory.file("merged")])
        #expect(merged.status == 0, "\(merged.errors)")
        #expect(try String(contentsOfFile: directory.file("merged/tokenizer.json"), encoding: .utf8) == json)
    }

    @Test func tokensThatAreNeverProducedAreLeftOutWithANote() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write("{}", to: "tokenizer.json")
        try directory.makeDirectory("other")
        let padded = Self.json(Self.letters + ["unused0", "unused1"])
        try directory.write(padded, to: "other/tokenizer.json")
        let result = try convert(directory, ["--tokenizer", directory.file("other")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("left out 2 tokens") && result.errors.contains("\"unused0\" (16)"))
        let file = try Data(contentsOf: URL(fileURLWithPath: directory.file("model.skipgpt")))
        try directory.write(Self.json(Self.letters), to: "tokenizer.json")
        let plain = try convert(directory)
        #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("model.skipgpt"))) == file)
    }

    @Test func anAbsentTokenizerIsNoted() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        #expect(try convert(directory).errors.contains("note: no tokenizer.json: the file will accept token ids only"))
        try directory.write("", to: "tekken.json")
        let result = try convert(directory)
        #expect(result.status == 0)
        #expect(result.errors.contains("tekken.json") && result.errors.contains("save_pretrained"))
    }

    @Test("TK-87: a SentencePiece model is read if it is a BPE") func readsTokenizerModels() throws {
        func message(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(bytes.count)] + bytes }
        func model(type: UInt8) -> [UInt8] {
            let pieces: [(String, UInt8)] = [("<unk>", 2), ("\u{2581}", 1), ("a", 1), ("\u{2581}a", 1)]
            return pieces.flatMap { message(1, message(1, Array($0.utf8)) + [0x18, $1]) } + message(2, [0x18, type])
        }
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        try directory.write(model(type: 2), to: "tokenizer.model")
        let converted = try convert(directory)
        #expect(converted.status == 0 && !converted.errors.contains("token ids only"), "\(converted.errors)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file("model.skipgpt")))
        #expect(bytes.range(of: Data("SKTK\u{2}".utf8)) != nil)
        try directory.write(model(type: 1), to: "tokenizer.model")
        let refused = try convert(directory)
        #expect(refused.status == 6)
        #expect(refused.errors.contains("Unigram") && refused.errors.contains("--tokenizer none"))
    }

    /// No conversion writes such a file.
    @Test("CF-74: a file with more tokens than rows is not valid") func aFileWithMoreTokensThanRowsIsNotValid() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let words = TokenizerDefinition(
            tokens: (Self.letters + ["ab"]).map { .init(bytes: ByteString($0), isWord: true) },
            byteTokenIDs: [UInt32?](repeating: nil, count: 256), merges: [], splitting: [.pattern(.gpt2)])
        let conversion = try Conversion(FrontEnd(modelDirectory: directory.path))
        for (count, isValid) in [(16, true), (17, false)] {
            let table = try TokenizerTable.encode(words.removingTokens(from: count))
            let rows = PlanRowSource(
                plans: conversion.graph.tensors.map(\.plan), sources: PlanSources(files: conversion.inputs.files),
                deltas: nil)
            let output = directory.file("\(count).skipgpt")
            let writer = FileWriter(layout: try FileLayout(graph: conversion.graph, tokenizerTable: table))
            _ = try writer.write(rows: rows, to: output)
            let verdict = try ToolProcess.run("skipc", ["validate", output])
            #expect(verdict.status == (isValid ? 0 : 1), "\(verdict.outputText)")
            #expect(verdict.outputText.contains("TT-15") != isValid)
            let run = try ToolProcess.run("skipc", ["run", output, "-p", "ab"])
            #expect(run.errors.contains("TT-15") != isValid, "\(run.errors)")
        }
    }
}
