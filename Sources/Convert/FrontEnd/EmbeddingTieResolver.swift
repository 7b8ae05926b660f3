import SkipFiles
import SkipModel

/// Decides whether head and embedding are one tensor, where the configuration ties them.
///
/// Which tensors the checkpoint holds decides together with the flag, as in Transformers 5: a head of its own is kept.
struct EmbeddingTieResolver {
    private let names: AdapterMergePass.EmbeddingTie?

    init(_ placements: PlacementTable) {
        guard let embedding = placements.name(of: TensorID(.tokenEmbedding)),
            let head = placements.name(of: TensorID(.outputHead))
        else {
            names = nil
            return
        }
        names = AdapterMergePass.EmbeddingTie(embedding: ByteString(embedding), head: ByteString(head))
    }

    /// Returns the names of the tensors that are tied; nil if the checkpoint holds two different ones.
    ///
    /// A head without an embedding takes the embedding's name. Weights are read only if there are two tensors to compare.
    func tie(in table: inout WeightTable) throws(InputError) -> AdapterMergePass.EmbeddingTie? {
        guard let names, let head = table[names.head] else { return names }
        guard let embedding = table[names.embedding] else {
            table.rename(names.head, to: names.embedding)
            return names
        }
        return try haveSameBytes(head, embedding, table.files) ? names : nil
    }

    /// Bytes that are compared at a time.
    private static let chunkByteCount = 1 << 20

    /// Whether two tensors are stored with the same type, shape and bytes. Tensors that are stored in different ways count
    /// as different, because a head of its own is right even if its numbers are the embedding's.
    private func haveSameBytes(
        _ first: WeightTable.Weight, _ second: WeightTable.Weight, _ files: [InputFile]
    ) throws(InputError) -> Bool {
        guard case .stored(let tensor)? = first.plan, case .stored(let other)? = second.plan,
            tensor.elementType == other.elementType, tensor.shape == other.shape, tensor.strides == other.strides,
            tensor.compressedRecord == other.compressedRecord
        else { return false }
        if tensor.sourceIndex == other.sourceIndex, tensor.byteOffset == other.byteOffset { return true }
        guard tensor.strides == nil, tensor.compressedRecord == nil, let byteCount = tensor.spannedByteCount else {
            return false
        }
        for start in stride(from: 0, to: byteCount, by: Self.chunkByteCount) {
            let end = min(start + Self.chunkByteCount, byteCount)
            let bytes = try files[tensor.sourceIndex].bytes(tensor.byteOffset + start..<tensor.byteOffset + end)
            let otherBytes = try files[other.sourceIndex].bytes(other.byteOffset + start..<other.byteOffset + end)
            if bytes != otherBytes { return false }
        }
        return true
    }
}
