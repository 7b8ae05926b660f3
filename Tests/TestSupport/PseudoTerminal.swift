import Glibc

/// A terminal for a program, of which the test has the other end.
final class PseudoTerminal {
    struct Failure: Error {
        let code: Int32
    }

    /// The path of the end that a program opens.
    let path: String
    private let controller: Int32

    init() throws {
        var ends: (controller: Int32, program: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        // SAFETY: a name of a terminal is shorter than 128 bytes.
        guard unsafe openpty(&ends.controller, &ends.program, &name, nil, nil) == 0 else { throw Failure(code: errno) }
        // The other end is open in the program only, so that reading ends with it.
        close(ends.program)
        _ = fcntl(ends.controller, F_SETFD, FD_CLOEXEC)
        controller = ends.controller
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { close(controller) }

    /// Returns what was written. All programs that opened the other end must have closed it.
    func readAll() -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: the call writes at most `piece.count` bytes.
            let count = unsafe read(controller, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
