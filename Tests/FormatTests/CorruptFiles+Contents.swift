import SkipModel

@testable import SkipFormat

extension CorruptFile {
    static let configuration: [CorruptFile] = [
        CorruptFile(.configurationByteCount, "longer record") { $0.set(UInt32(200), at: $0.field(.recordByteCount)) },
        CorruptFile(.configurationByteCount, "shorter layer") {
            $0.set(UInt32(16), at: $0.field(.layerRecordByteCount))
        },
        CorruptFile(.configurationByteCount, "a layer more than there is room for") {
            $0.set(UInt32(3), at: $0.field(.layerCount))
        },
        CorruptFile(.layerCount, "none") { $0.set(UInt32(0), at: $0.field(.layerCount)) },
        CorruptFile(.layerCount, "2^31") { $0.set(UInt32(1) << 31, at: $0.field(.layerCount)) },
        CorruptFile(.routingRule, "another") { $0.set(UInt32(2), at: $0.field(.routingRule)) },
        CorruptFile(.architecture, "unknown") { $0.set(UInt16(999), at: $0.field(.architecture)) },
        CorruptFile(.activation, "unknown") { $0.set(UInt16(999), at: $0.field(.activation)) },
        CorruptFile(.sizeLimits, "no vocabulary") { $0.set(UInt32(0), at: $0.field(.vocabularySize)) },
        CorruptFile(.sizeLimits, "a vocabulary of 2^32 - 1") { $0.set(UInt32.max, at: $0.field(.vocabularySize)) },
        CorruptFile(.sizeLimits, "hidden size 2^21") { $0.set(UInt32(1) << 21, at: $0.field(.hiddenSize)) },
        CorruptFile(.sizeLimits, "no intermediate size") { $0.set(UInt32(0), at: $0.field(.intermediateSize)) },
        CorruptFile(.sizeLimits, "no positions") { $0.set(UInt32(0), at: $0.field(.maximumPositionCount)) },
        CorruptFile(.sizeLimits, "no original positions") {
            $0.set(UInt32(0), at: $0.field(.rotaryOriginalMaximumPositionCount))
        },
        CorruptFile(.headCounts, "no heads") { $0.set(UInt32(0), at: $0.field(.attentionHeadCount)) },
        CorruptFile(.headCounts, "no key-value heads") { $0.set(UInt32(0), at: $0.field(.keyValueHeadCount)) },
        CorruptFile(.headCounts, "more key-value heads than heads") {
            $0.set(UInt32(3), at: $0.field(.keyValueHeadCount))
        },
        CorruptFile(.headCounts, "heads that do not divide") { mutant in
            mutant.set(UInt32(3), at: mutant.field(.attentionHeadCount))
            mutant.set(UInt32(2), at: mutant.field(.keyValueHeadCount))
        },
        CorruptFile(.headDimension, "odd") { $0.set(UInt32(3), at: $0.field(.headDimension)) },
        CorruptFile(.headDimension, "zero") { $0.set(UInt32(0), at: $0.field(.headDimension)) },
        CorruptFile(.realNumbers, "epsilon NaN") { $0.set(Double.nan.bitPattern, at: $0.field(.rmsNormEpsilon)) },
        CorruptFile(.realNumbers, "epsilon zero") { $0.set(UInt64(0), at: $0.field(.rmsNormEpsilon)) },
        CorruptFile(.realNumbers, "theta infinite") { $0.set(Double.infinity.bitPattern, at: $0.field(.rotaryTheta)) },
        CorruptFile(.realNumbers, "factor negative") { $0.set((-8.0).bitPattern, at: $0.field(.rotaryFactor)) },
        CorruptFile(.realNumbers, "low frequency above high") {
            $0.set(4.0.bitPattern, at: $0.field(.rotaryLowFrequencyFactor))
        },
        CorruptFile(.realNumbers, "scale zero") { $0.set(UInt32(0), at: $0.field(.embeddingScale)) },
        CorruptFile(.realNumbers, "attention scale NaN") {
            $0.set(Float.nan.bitPattern, at: $0.field(.attentionScale))
        },
        CorruptFile(.realNumbers, "softcap minus zero") {
            $0.set(Float(-0.0).bitPattern, at: $0.field(.attentionSoftcap))
        },
        CorruptFile(.realNumbers, "softcap negative") {
            $0.set(Float(-1).bitPattern, at: $0.field(.finalLogitSoftcap))
        },
        CorruptFile(.realNumbers, "bias minus zero") {
            $0.set(Float(-0.0).bitPattern, at: $0.field(.routerThresholdBias))
        },
        CorruptFile(.realNumbers, "bias infinite") {
            $0.set(Float.infinity.bitPattern, at: $0.field(.routerThresholdBias))
        },
        CorruptFile(.rotaryScaling, "unknown") { $0.set(UInt32(3), at: $0.field(.rotaryScaling)) },
        CorruptFile(.tokenIDs, "begin outside the vocabulary") {
            $0.set(UInt32(11), at: $0.field(.beginOfTextTokenID))
        },
        CorruptFile(.tokenIDs, "end outside the vocabulary") {
            $0.set(UInt32(11), at: $0.field(.endOfTextTokenIDs) + 4)
        },
        CorruptFile(.tokenIDs, "not ascending") { $0.set(UInt32(2), at: $0.field(.endOfTextTokenIDs) + 4) },
        CorruptFile(.tokenIDs, "nine") { $0.set(UInt32(9), at: $0.field(.endOfTextTokenCount)) },
        CorruptFile(.tokenIDs, "unused place filled") { $0.set(UInt32(8), at: $0.field(.endOfTextTokenIDs) + 8) },
        CorruptFile(.routerKind, "unknown") { $0.set(UInt8(3), at: $0.field(.attentionRouter, layer: 0)) },
        CorruptFile(.routerHiddenWidth, "an mlp without width") {
            $0.set(UInt32(0), at: $0.field(.mlpRouterHiddenWidth, layer: 1))
        },
        CorruptFile(.routerHiddenWidth, "a linear one with width") {
            $0.set(UInt32(1), at: $0.field(.mlpRouterHiddenWidth, layer: 0))
        },
        CorruptFile(.slidingWindow, "2^31") { $0.set(UInt32(1) << 31, at: $0.field(.slidingWindow, layer: 0)) },
        CorruptFile(.configurationReserved, "unknown flag") { $0.set(UInt32(2), at: $0.field(.flags)) },
        CorruptFile(.configurationReserved, "at the record's end") { $0.set(UInt8(1), at: $0.field(.reserved) + 31) },
        CorruptFile(.configurationReserved, "at a layer's end") {
            $0.set(UInt8(1), at: $0.field(.reservedTail, layer: 1) + 15)
        },
        CorruptFile(.configurationReserved, "in a layer") { $0.set(UInt8(1), at: $0.field(.reserved, layer: 0)) },
        CorruptFile(.configurationReserved, "factors of no scaling") {
            $0.set(UInt32(0), at: $0.field(.rotaryScaling))
        },
    ]

    private typealias Tensor = TensorRecord.Offset

    static let tensors: [CorruptFile] = [
        CorruptFile(.tensorRole, "unknown") { $0.set(UInt16(4), at: $0.entry(.finalNorm)) },
        CorruptFile(.tensorLayer, "the final norm of a layer") {
            $0.set(UInt32(0), at: $0.entry(.finalNorm) + Tensor.layer)
        },
        CorruptFile(.tensorLayer, "one too many") {
            $0.set(UInt32(2), at: $0.entry(.downProjection, layer: 1) + Tensor.layer)
        },
        CorruptFile(.tensorOrder, "the same twice") {
            $0.set(TensorRole.attentionInputNorm.rawValue, at: $0.entry(.mlpInputNorm, layer: 0))
        },
        CorruptFile(.packingOfType, "int8 row by row") {
            $0.set(ElementType.int8.rawValue, at: $0.entry(.tokenEmbedding) + Tensor.elementType)
        },
        CorruptFile(.packingOfType, "bfloat16 in records") {
            $0.set(UInt8(1), at: $0.entry(.tokenEmbedding) + Tensor.packing)
        },
        CorruptFile(.elementType, "unknown") { $0.set(UInt8(77), at: $0.entry(.tokenEmbedding) + Tensor.elementType) },
        CorruptFile(.packing, "unknown") { $0.set(UInt8(2), at: $0.entry(.tokenEmbedding) + Tensor.packing) },
        CorruptFile(.groupSize, "of bfloat16") {
            $0.set(UInt32(32), at: $0.entry(.tokenEmbedding) + Tensor.groupSize)
        },
        CorruptFile(.tensorReserved, "scales elsewhere") {
            $0.set(UInt64(64), at: $0.entry(.tokenEmbedding) + Tensor.reserved + 4)
        },
        CorruptFile(.tensorReserved, "last byte") { $0.set(UInt8(1), at: $0.entry(.tokenEmbedding) + 95) },
        CorruptFile(.tensorReserved, "third dimension") {
            $0.set(UInt32(1), at: $0.entry(.tokenEmbedding) + Tensor.dimensions + 8)
        },
        CorruptFile(.tensorShape, "rank 5") { $0.set(UInt32(5), at: $0.entry(.tokenEmbedding) + Tensor.rank) },
        CorruptFile(.tensorShape, "rank 0") { $0.set(UInt32(0), at: $0.entry(.tokenEmbedding) + Tensor.rank) },
        CorruptFile(.tensorShape, "a row more") {
            $0.set(UInt32(12), at: $0.entry(.tokenEmbedding) + Tensor.dimensions)
        },
        CorruptFile(.tensorShape, "a product that wraps") { mutant in
            mutant.set(UInt64.max, at: mutant.entry(.tokenEmbedding) + Tensor.dimensions)
        },
        CorruptFile(.tensorShape, "a head beside a tied embedding") { $0.set(UInt32(1), at: $0.field(.flags)) },
        CorruptFile(.tensorShape, "the configuration has other sizes") {
            $0.set(UInt32(12), at: $0.field(.vocabularySize))
        },
        CorruptFile(.vectorType, "a norm in bfloat16") {
            $0.set(ElementType.bfloat16.rawValue, at: $0.entry(.finalNorm) + Tensor.elementType)
        },
        CorruptFile(.tensorSection, "another section") { mutant in
            let field = mutant.entry(.tokenEmbedding) + Tensor.sectionIndex
            mutant.set(mutant.integer(UInt32.self, at: field) + 1, at: field)
        },
        CorruptFile(.tensorSection, "the embedding among the vectors") { mutant in
            // One tensor moves from the second section to the first; the leaves follow.
            let vectors = mutant.entry(.extent(.vectors))
            let routers = mutant.entry(.extent(.routers))
            for (entry, change) in [(vectors, 1), (routers, -1)] {
                let count = Int(mutant.integer(UInt32.self, at: entry + SectionRecord.Offset.tensorCount))
                mutant.set(UInt32(count + change), at: entry + SectionRecord.Offset.tensorCount)
                let leaves = Int(mutant.integer(UInt64.self, at: entry + SectionRecord.Offset.leafCount))
                mutant.set(UInt64(leaves + change), at: entry + SectionRecord.Offset.leafCount)
            }
            let first = mutant.integer(UInt32.self, at: routers + SectionRecord.Offset.firstTensor)
            mutant.set(first + 1, at: routers + SectionRecord.Offset.firstTensor)
            mutant.set(UInt64(first + 1), at: routers + SectionRecord.Offset.firstLeaf)
            let moved = mutant.layout.header.tensorTableOffset + Int(first) * FormatLimits.tensorEntryByteCount
            let section = mutant.integer(UInt32.self, at: moved + Tensor.sectionIndex)
            mutant.set(section - 1, at: moved + Tensor.sectionIndex)
        },
        CorruptFile(.tensorOffset, "over the tensor before") { mutant in
            let field = mutant.entry(.upProjection, layer: 0) + Tensor.byteOffset
            mutant.set(mutant.integer(UInt64.self, at: field) - 64, at: field)
        },
        CorruptFile(.tensorOffset, "outside the file") {
            $0.set(UInt64.max - 63, at: $0.entry(.upProjection, layer: 0) + Tensor.byteOffset)
        },
        CorruptFile(.tensorByteCount, "a byte less") { mutant in
            let field = mutant.entry(.upProjection, layer: 0) + Tensor.byteCount
            mutant.set(mutant.integer(UInt64.self, at: field) - 1, at: field)
        },
        CorruptFile(.tensorByteCount, "a section that goes on after its last tensor") { mutant in
            let field = mutant.entry(.extent(.mlp), layer: 1) + SectionRecord.Offset.byteCount
            mutant.set(mutant.integer(UInt64.self, at: field) + 1, at: field)
        },
        CorruptFile(.tensorByteCount, "a section that ends in its last tensor") { mutant in
            let field = mutant.entry(.extent(.mlp), layer: 1) + SectionRecord.Offset.byteCount
            mutant.set(mutant.integer(UInt64.self, at: field) - 1, at: field)
        },
        CorruptFile(.tensorLeaves, "two") {
            $0.set(UInt32(2), at: $0.entry(.upProjection, layer: 0) + Tensor.leafCount)
        },
        CorruptFile(.tensorLeaves, "of no rows") {
            $0.set(UInt32(0), at: $0.entry(.upProjection, layer: 0) + Tensor.rowsPerLeaf)
        },
        CorruptFile(.tensorLeaves, "another first") {
            $0.set(UInt64(0), at: $0.entry(.upProjection, layer: 0) + Tensor.firstLeaf)
        },
        CorruptFile(.requiredTensors, "a router without weights") {
            $0.set(UInt8(1), at: $0.field(.attentionRouter, layer: 1))
        },
        CorruptFile(.leafTableByteCount, "a byte less") { mutant in
            let field = mutant.entry(.leafHashes) + SectionRecord.Offset.byteCount
            mutant.set(mutant.integer(UInt64.self, at: field) - 1, at: field)
        },
    ]

    static let provenance: [CorruptFile] = [
        CorruptFile(.provenanceStructure, "no entries") { $0.set(UInt32(0), at: $0.start(.provenance)) },
        CorruptFile(.provenanceStructure, "4294967295 entries") { $0.set(UInt32.max, at: $0.start(.provenance)) },
        CorruptFile(.provenanceStructure, "an entry less") { $0.set(UInt32(3), at: $0.start(.provenance)) },
        CorruptFile(.provenanceStructure, "a key of 4 GiB") { $0.set(UInt32.max, at: $0.start(.provenance) + 4) },
        CorruptFile(.provenanceStructure, "a value of 4 GiB") { $0.set(UInt32.max, at: $0.start(.provenance) + 8) },
        CorruptFile(.provenanceKey, "upper case") { $0.set(UInt8(ascii: "O"), at: $0.start(.provenance) + 12) },
        CorruptFile(.provenanceKey, "not ascending") { $0.set(UInt8(ascii: "z"), at: $0.start(.provenance) + 12) },
        CorruptFile(.provenanceValue, "not UTF-8") { mutant in
            mutant.set(UInt8(0xFF), at: mutant.start(.provenance) + 12 + "option.outtype".utf8.count)
        },
    ]

    static let hashes: [CorruptFile] = [
        CorruptFile(.sectionTableHash, "in the header", seal: .root) {
            $0.set(UInt8(1), at: FileHeader.Offset.sectionTableHash)
        },
        CorruptFile(.tensorTableHash, "in the header", seal: .root) {
            $0.set(UInt8(1), at: FileHeader.Offset.tensorTableHash)
        },
        CorruptFile(.rootHash, "in the header", seal: .header) { $0.set(UInt64(1), at: FileHeader.Offset.rootHash) },
        CorruptFile(.metadataHash, "of the configuration", seal: .tables) {
            $0.set(UInt64(1), at: $0.entry(.configuration) + SectionRecord.Offset.rootHash)
        },
        CorruptFile(.metadataHash, "the tokenizer changed", seal: .nothing) {
            $0.set(UInt8(255), at: $0.start(.tokenizer))
        },
        CorruptFile(.leafHash, "a weight changed", seal: .nothing) { $0.set(UInt8(255), at: $0.start(.extent(.mlp))) },
        CorruptFile(.sectionHash, "of an MLP", seal: .tables) {
            $0.set(UInt64(1), at: $0.entry(.extent(.mlp), layer: 1) + SectionRecord.Offset.rootHash)
        },
    ]
}
