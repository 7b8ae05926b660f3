import Kernels
import Testing

@Test func scalarExists() {
    #expect(skip_kernels_for(0) != nil)
    #expect(skip_kernels_best() != nil)
}
