import Glibc
import TestSupport
import Testing

@testable import SkipFiles

/// In processes of their own, because they redirect the standard streams.
@Suite struct StandardStreamTests {
    @Test func writesAllBytes() async throws {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
        ) {
            try StandardStream.output.write([UInt8](repeating: 0x78, count: 30_000))
            try StandardStream.error.write("é\n")
            StandardStream.error.note("note")
        }
        let content = try #require(result)
        #expect(content.standardOutputContent.filter { $0 == 0x78 }.count >= 30_000)
        #expect(String(decoding: content.standardErrorContent, as: UTF8.self).contains("é\nnote"))
    }

    @Test(arguments: [1, 2] as [Int32]) func aFullDiskIsAnError(stream: Int32) async {
        await #expect(processExitsWith: .exitCode(42)) { [stream] in
            let full = unsafe open("/dev/full", O_WRONLY)
            guard full >= 0, dup2(full, stream) == stream, let stream = StandardStream(rawValue: stream) else {
                exit(1)
            }
            // A note that is lost is not an error.
            stream.note("x")
            do throws(SystemFailure) {
                try stream.write("x")
                exit(2)
            } catch {
                let name = stream == .output ? "standard output" : "standard error"
                exit(error == SystemFailure(.write, name, code: ENOSPC) ? 42 : 3)
            }
        }
    }

    @Test func aClosedStreamIsAnError() async {
        await #expect(processExitsWith: .exitCode(42)) {
            close(1)
            do throws(SystemFailure) {
                try StandardStream.output.write("x")
                exit(2)
            } catch {
                exit(error.code == EBADF ? 42 : 3)
            }
        }
    }
}
