import Kernels
import Testing

@Test func scalarExists() {
    let exists = unsafe skip_kernels_for(Int32(SKIP_ISA_SCALAR.rawValue)) != nil
    #expect(exists)
}
