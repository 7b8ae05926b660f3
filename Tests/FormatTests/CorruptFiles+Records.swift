import SkipModel

@testable import SkipFormat

extension CorruptFile {
    private typealias Tensor = TensorRecord.Offset

    /// Damage to a model in int8. Its embedding has eleven rows of six columns in groups of four. This is one record with
    /// two tiles and two groups; the second tile and the second group use two columns.
    static let records: [CorruptFile] = [
        CorruptFile(.elementType, "float64", base: .quantized) {
            $0.set(ElementType.float64.rawValue, at: $0.entry(.tokenEmbedding) + Tensor.elementType)
        },
        CorruptFile(.packing, "a later one", base: .quantized) {
            $0.set(UInt8(2), at: $0.entry(.tokenEmbedding) + Tensor.packing)
        },
        CorruptFile(.packingOfType, "int8 row by row", base: .quantized) {
            $0.set(UInt8(0), at: $0.entry(.tokenEmbedding) + Tensor.packing)
        },
        CorruptFile(.vectorType, "a norm in int8", base: .quantized) { mutant in
            mutant.set(ElementType.int8.rawValue, at: mutant.entry(.finalNorm) + Tensor.elementType)
            mutant.set(UInt8(1), at: mutant.entry(.finalNorm) + Tensor.packing)
        },
        CorruptFile(.groupSize, "no multiple of 4", base: .quantized) {
            $0.set(UInt32(3), at: $0.entry(.tokenEmbedding) + Tensor.groupSize)
        },
        CorruptFile(.groupSize, "as many as the columns, which is written 0", base: .quantized) { mutant in
            // The query projection has six columns; the output projection has eight.
            mutant.set(UInt32(8), at: mutant.entry(.attentionOutputProjection, layer: 0) + Tensor.groupSize)
        },
        CorruptFile(.groupSize, "2^32 - 4", base: .quantized) {
            $0.set(UInt32.max - 3, at: $0.entry(.tokenEmbedding) + Tensor.groupSize)
        },
        CorruptFile(.recordPadding, "one scale per row, but two stored", base: .quantized) {
            $0.set(UInt32(0), at: $0.entry(.attentionOutputProjection, layer: 0) + Tensor.groupSize)
        },
        CorruptFile(.tensorByteCount, "more scales than there is room for", base: .quantized) {
            $0.set(UInt32(4), at: $0.entry(.downProjection, layer: 0) + Tensor.groupSize)
        },
        CorruptFile(.tensorReserved, "behind the group size", base: .quantized) {
            $0.set(UInt8(1), at: $0.entry(.tokenEmbedding) + Tensor.reserved)
        },
        CorruptFile(.tensorLeaves, "a leaf that cuts a record", base: .quantized) {
            $0.set(UInt32(8), at: $0.entry(.tokenEmbedding) + Tensor.rowsPerLeaf)
        },
        CorruptFile(.recordPadding, "a row too many", base: .quantized) {
            $0.set(UInt8(1), at: $0.start(.extent(.tokenEmbedding)) + 11 * 4)
        },
        CorruptFile(.recordPadding, "a column too many", base: .quantized) {
            $0.set(UInt8(1), at: $0.start(.extent(.tokenEmbedding)) + 64 + 2)
        },
        CorruptFile(.recordPadding, "the scale of a row too many", base: .quantized) {
            $0.set(UInt16(0x3C00), at: $0.start(.extent(.tokenEmbedding)) + 128 + 32 + 15 * 2)
        },
        CorruptFile(.recordPadding, "behind the scales", base: .quantized) { mutant in
            // One group: 64 bytes of values, 32 of scales, 32 of padding in a record of 128 bytes.
            let tensor = mutant.layout.tensors.first { $0.id == TensorID(.downProjection, layer: 0) }
            mutant.set(UInt8(1), at: (tensor?.byteRange.upperBound ?? 0) - 1)
        },
        CorruptFile(.scale, "infinite", base: .quantized) {
            $0.set(UInt16(0x7F80), at: $0.start(.extent(.tokenEmbedding)) + 128)
        },
        CorruptFile(.scale, "NaN", base: .quantized) {
            $0.set(UInt16(0x7FC0), at: $0.start(.extent(.tokenEmbedding)) + 128)
        },
        CorruptFile(.scale, "negative", base: .quantized) {
            $0.set(UInt16(0xBC00), at: $0.start(.extent(.tokenEmbedding)) + 128)
        },
        CorruptFile(.scale, "minus zero", base: .quantized) {
            $0.set(UInt16(0x8000), at: $0.start(.extent(.tokenEmbedding)) + 128 + 2 * 2)
        },
        CorruptFile(.quantizedValue, "-128", base: .quantized) {
            $0.set(UInt8(0x80), at: $0.start(.extent(.tokenEmbedding)) + 4)
        },
        CorruptFile(.quantizedValue, "a value without a scale", base: .quantized) {
            $0.set(UInt8(1), at: $0.start(.extent(.tokenEmbedding)) + 64 + 2 * 4 + 1)
        },
        CorruptFile(.figures, "NaN", base: .quantized) {
            $0.set(Double.nan.bitPattern, at: $0.start(.figures) + 8)
        },
        CorruptFile(.figures, "negative", base: .quantized) {
            $0.set((-1.0).bitPattern, at: $0.start(.figures) + 16)
        },
        CorruptFile(.figures, "of a tensor too few", base: .quantized) { mutant in
            let field = mutant.entry(.figures) + SectionRecord.Offset.byteCount
            mutant.set(mutant.integer(UInt64.self, at: field) - 24, at: field)
        },
        CorruptFile(.figures, "none", base: .quantized) { mutant in
            mutant.set(UInt16(1), at: FileHeader.Offset.minorVersion)
            mutant.set(UInt32(6), at: mutant.entry(.figures))
        },
        CorruptFile(.sectionFlags, "critical figures", base: .quantized) {
            $0.set(UInt32(1), at: $0.entry(.figures) + SectionRecord.Offset.flags)
        },
    ]
}
