import CZstd

/// A reusable zstd compressor that writes one frame per call.
@safe struct ZstdCompressor: ~Copyable {
    /// What is compressed. Each content has its own parameters, which a writer of this version never changes.
    enum Content {
        /// Exponents or quantized values, which do not repeat: little more than Huffman coding.
        case planes
        /// Tables and metadata.
        case metadata
    }

    // SAFETY: created and freed by this value alone; nil if the system refused memory.
    private let context: OpaquePointer?

    init(_ content: Content) {
        let context = unsafe ZSTD_createCCtx()
        unsafe self.context = context
        switch content {
        case .planes:
            unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
            unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_strategy, Int32(ZSTD_fast.rawValue))
            unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, 6)
            unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, 7)
        case .metadata:
            unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 12)
        }
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Returns the room that `compress` needs for a frame of `byteCount` bytes.
    static func bound(_ byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

    /// Compresses `source` and returns the length of the frame. `target` must have the room that `bound` states.
    borrowing func compress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> Int {
        guard let context = unsafe context else { throw .memoryRefused }
        // SAFETY: both buffers are valid for their counts during the call.
        let count = unsafe ZSTD_compress2(
            context, target.baseAddress, target.count, source.baseAddress, source.count)
        // With enough room, only memory can be missing.
        if ZSTD_isError(count) != 0 { throw .memoryRefused }
        return count
    }
}

/// A reusable zstd decompressor of single frames.
@safe struct ZstdDecompressor: ~Copyable {
    // SAFETY: created and freed by this value alone; nil if the system refused memory.
    private let context: OpaquePointer?

    init() { unsafe context = ZSTD_createDCtx() }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Decodes a frame that fills `target` exactly. Returns the rule that the frame breaks, or nil.
    borrowing func decompress(
        _ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(PackageError) -> PackageRule? {
        guard let context = unsafe context else { throw .memoryRefused }
        // Other magic numbers are those of skippable frames and of formats before zstd 0.8.
        guard frame.count >= 4,
            unsafe UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self)) == Self.magic,
            unsafe ZSTD_getFrameContentSize(frame.baseAddress, frame.count) == UInt64(target.count),
            unsafe ZSTD_getDictID_fromFrame(frame.baseAddress, frame.count) == 0
        else { return .frameHeader }
        // SAFETY: both buffers are valid for their counts during the calls. The decoder stops at the end of `target`.
        let length = unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
        if ZSTD_isError(length) != 0 { return .frame }
        guard length == frame.count else { return .frameHeader }
        let count = unsafe ZSTD_decompressDCtx(
            context, target.baseAddress, target.count, frame.baseAddress, frame.count)
        return count == target.count ? nil : .frame
    }

    private static let magic: UInt32 = 0xFD2F_B528
}
