import Foundation
import TestSupport
import Testing

/// `inspect --map`.
@Suite struct LayoutMapTests {
    @Test func drawsEveryPartOnceInTheFilesOrder() throws {
        let directory = try TemporaryDirectory()
        try TinyCheckpoint().write(to: directory)
        let converted = try ToolProcess.run(
            "skipc",
            [
                "convert", directory.path, "--router", directory.file("routers.safetensors"), "-o",
                directory.file("model.skipgpt"),
            ])
        try #require(converted.status == 0, "\(converted.errors)")
        let result = try ToolProcess.run("skipc", ["inspect", directory.file("model.skipgpt"), "--map"])
        #expect(result.status == 0, "\(result.errors)")

        let byteCount = try Data(contentsOf: URL(fileURLWithPath: directory.file("model.skipgpt"))).count
        let lines = result.outputText.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
        let offsets = lines.compactMap { line in
            line.hasPrefix("  0x") ? Int(line.dropFirst(4).prefix { $0 != " " }, radix: 16) : nil
        }
        #expect(offsets.first == 0 && offsets.last == byteCount)
        #expect(offsets == offsets.sorted() && Set(offsets).count == offsets.count)
        for title in [
            "header", "section table", "configuration", "vectors", "token embedding", "layer", "░ kv", "█ mlp",
        ] {
            #expect(result.outputText.contains(title), "\(title)")
        }
    }
}
