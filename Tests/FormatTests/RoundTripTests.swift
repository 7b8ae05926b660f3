import Format
import Model
import Testing

@Suite struct RoundTripTests {
    @Test func opensAndVerifies() throws {
        try TemporaryDirectory.with { directory in
            let path = directory + "/tiny.skipgpt"
            let layout = try TinyModel.layout()
            try TinyModel.write(layout, to: path)
            let file = try SkipFile(opening: path)
            #expect(file.configuration == TinyModel.configuration)
            #expect(file.tensors == layout.tensors)
            #expect(file.verify(sha256: sha256, threadCount: 3) == [])
        }
    }
}
