import SkipFiles

/// Numbers, strings and names.
extension PickleReader {
    private static let globalByteLimit = 256

    mutating func byte() throws(InputError) -> UInt8 {
        guard position < bytes.count else { throw cutOff() }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads a little-endian number of at most four bytes.
    mutating func unsigned(byteCount: Int) throws(InputError) -> Int {
        guard bytes.count - position >= byteCount else { throw cutOff() }
        defer { position += byteCount }
        return bytes[position..<position + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Reads a length byte and that many bytes of a little-endian number in two's complement.
    mutating func longInteger() throws(InputError) -> Int {
        let count = Int(try byte())
        if count > 8 { throw fault(.pickleLength, found: "an integer of \(count) bytes", required: "at most 8") }
        guard bytes.count - position >= count else { throw cutOff() }
        defer { position += count }
        let digits = bytes[position..<position + count]
        let isNegative = (digits.last ?? 0) >= 0x80
        return digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    }

    /// Reads eight bytes, big-endian.
    mutating func float() throws(InputError) -> Double {
        guard bytes.count - position >= 8 else { throw cutOff() }
        defer { position += 8 }
        return Double(bitPattern: bytes[position..<position + 8].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Reads a length and that many bytes of UTF-8.
    mutating func string(lengthByteCount: Int) throws(InputError) -> ByteString {
        let count = try unsigned(byteCount: lengthByteCount)
        guard bytes.count - position >= count else {
            throw fault(
                .pickleLength, found: "a string of \(count) bytes",
                required: "at most the \(bytes.count - position) that follow")
        }
        defer { position += count }
        let text = bytes[position..<position + count]
        guard String(validating: text, as: UTF8.self) != nil else {
            throw fault(.pickleText, found: "a string that is not UTF-8")
        }
        return ByteString(bytes: Array(text))
    }

    /// Reads two lines: a module and a name in it.
    mutating func global() throws(InputError) -> PickleGlobal {
        let module = try line()
        let spelled = module + [UInt8(ascii: " ")] + (try line())
        let name = String(decoding: spelled, as: UTF8.self)
        if let global = PickleGlobal(name) { return global }
        let printed = ByteString(bytes: spelled).description
        if PickleGlobal.unsupported.contains(name) {
            throw tensorFault(.pickleUnsupportedGlobal, found: printed, required: "a plain dense tensor")
        }
        throw fault(.pickleGlobal, found: printed, required: "one of the names that a state dict needs")
    }

    private mutating func line() throws(InputError) -> [UInt8] {
        let window = bytes[position..<min(bytes.count, position + Self.globalByteLimit)]
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else {
            throw fault(
                .pickleGlobal, found: "a name of \(window.count) bytes or more",
                required: "at most \(Self.globalByteLimit)")
        }
        defer { position = end + 1 }
        return Array(window[..<end])
    }

    private func cutOff() -> InputError {
        fault(.pickleStack, found: "the end of the pickle inside an operation", required: "a STOP before it")
    }
}
