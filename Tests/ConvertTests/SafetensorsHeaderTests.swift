import TestSupport
import Testing

@testable import SkipConvert
@testable import SkipFiles

@Suite struct SafetensorsHeaderTests {
    private let builder = SafetensorsBuilder(
        ["a", "b", "c"].map { SafetensorsBuilder.float32($0, [2], [1, 2]) })

    /// Parses the builder's header with another limit, because a file of a million tensors takes too long.
    private func parse(tensorCountLimit: Int) throws(InputError) -> SafetensorsHeader {
        try SafetensorsHeader.parse(
            Array(builder.headerText.utf8), fileByteCount: builder.file.count, path: "x.safetensors",
            tensorCountLimit: tensorCountLimit)
    }

    @Test("ST-19: the number of tensors has a limit") func refusesMoreTensorsThanTheLimit() throws {
        #expect(try parse(tensorCountLimit: 3).tensors.map(\.name) == ["a", "b", "c"])
        let error = #expect(throws: InputError.self) { try parse(tensorCountLimit: 2) }
        #expect(error?.rule == .safetensorsTensorCount)
        guard case .tensor("c", headerOffset: _) = error?.place else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
