import SkipKernels
import Testing

@testable import SkipRuntime

@Suite struct DispatchTests {
    @Test func scalarIsAlwaysAvailable() {
        #expect(InstructionSet.scalar.isAvailable)
    }

    // One test for each set, so that the log shows a skipped test if this processor does not have it. All other tests
    // then omit the set.

    @Test(.enabled(if: InstructionSet.neon.isAvailable, "not a 64-bit ARM processor: NEON kernels are not tested"))
    func neonTableIsComplete() {
        expectComplete(.neon)
    }

    @Test(.enabled(if: InstructionSet.neondot.isAvailable, "no dot products: NEON kernels with them are not tested"))
    func neondotTableIsComplete() {
        expectComplete(.neondot)
    }

    @Test(.enabled(if: InstructionSet.avx2.isAvailable, "no AVX2, FMA and F16C: AVX2 kernels are not tested"))
    func avx2TableIsComplete() {
        expectComplete(.avx2)
    }

    @Test(.enabled(if: InstructionSet.avx2vnni.isAvailable, "no AVX-VNNI: AVX2 kernels with it are not tested"))
    func avx2vnniTableIsComplete() {
        expectComplete(.avx2vnni)
    }

    @Test(.enabled(if: InstructionSet.avx512.isAvailable, "no AVX-512: AVX-512 kernels are not tested"))
    func avx512TableIsComplete() {
        expectComplete(.avx512)
    }

    @Test(.enabled(if: InstructionSet.avx512vnni.isAvailable, "no AVX-512 VNNI: kernels with it are not tested"))
    func avx512vnniTableIsComplete() {
        expectComplete(.avx512vnni)
    }

    @Test(.enabled(if: InstructionSet.avx512bf16.isAvailable, "no AVX-512 BF16: kernels with it are not tested"))
    func avx512bf16TableIsComplete() {
        expectComplete(.avx512bf16)
        // SAFETY: nothing is called.
        let table = unsafe InstructionSet.avx512bf16.table
        let isComplete = unsafe table.pack_tokens_bfloat16 != nil && table.bfloat16_matrix_matrix != nil
        #expect(isComplete)
    }

    @Test func bestIsTheLastAvailable() throws {
        let best = try #require(InstructionSet.available.last)
        let isBest = unsafe skip_kernels_best() == skip_kernels_for(best.rawValue)
        #expect(isBest)
    }

    @Test(arguments: [-1, 8, .max, .min])
    func unknownSetsAreNull(identifier: Int32) {
        let isNull = unsafe skip_kernels_for(identifier) == nil
        #expect(isNull)
    }

    private func expectComplete(_ set: InstructionSet) {
        // SAFETY: names are string constants; nothing is called.
        let table = unsafe set.table
        let name = unsafe String(cString: table.name)
        #expect(name == "\(set)")
        let isComplete =
            unsafe table.matrix_vector != nil && table.gated_matrix_vector != nil && table.pack_tokens != nil
            && table.matrix_matrix != nil && table.rms_norm != nil && table.rotate != nil && table.attend != nil
            && table.gated_activation != nil && table.add != nil && table.widen != nil && table.narrow != nil
            && table.first_nonfinite != nil && table.int8_matrix_vector != nil
            && table.int8_gated_matrix_vector != nil && table.quantize_tokens != nil && table.int8_matrix_matrix != nil
            && table.int8_quantize_block != nil && table.int8_figures != nil && table.int8_unpack_row != nil
            && table.int8_row != nil
        #expect(isComplete)
    }
}
