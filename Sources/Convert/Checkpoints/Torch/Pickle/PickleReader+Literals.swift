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

    /// Reads a little-endian length of one, four or eight bytes, and checks that so many bytes follow.
    private mutating func length(byteCount: Int, of kind: String) throws(InputError) -> Int {
        guard bytes.count - position >= byteCount else { throw cutOff() }
        let number = bytes[position..<position + byteCount].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        position += byteCount
        guard let count = Int(exactly: number), bytes.count - position >= count else {
            throw fault(
                .pickleLength, found: "\(kind) of \(number) bytes",
                required: "at most the \(bytes.count - position) that follow")
        }
        return count
    }

    /// Reads a length and that many bytes of a little-endian number in two's complement. A number of more than eight
    /// bytes, such as the state of a random generator, is inert.
    mutating func longInteger(lengthByteCount: Int) throws(InputError) -> PickleValue {
        // A negative length of four bytes exceeds every pickle.
        let count = try length(byteCount: lengthByteCount, of: "an integer")
        defer { position += count }
        if count > 8 { return .inert(.integer) }
        let digits = bytes[position..<position + count]
        let isNegative = (digits.last ?? 0) >= 0x80
        return .integer(digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }

    /// Reads a length and skips that many bytes.
    mutating func byteSequence(lengthByteCount: Int) throws(InputError) -> PickleValue {
        position += try length(byteCount: lengthByteCount, of: "a byte string")
        return .inert(.bytes)
    }

    /// Reads the length of a frame, which must begin where the last one ended or later.
    mutating func openFrame() throws(InputError) {
        if operationPosition < frameEnd {
            throw fault(.pickleLength, found: "a frame inside a frame", required: "frames one after the other")
        }
        let count = try length(byteCount: 8, of: "a frame")
        frameEnd = position + count
    }

    /// Reads eight bytes, big-endian.
    mutating func float() throws(InputError) -> Double {
        guard bytes.count - position >= 8 else { throw cutOff() }
        defer { position += 8 }
        return Double(bitPattern: bytes[position..<position + 8].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Reads a length and that many bytes of UTF-8.
    mutating func string(lengthByteCount: Int) throws(InputError) -> ByteString {
        let count = try length(byteCount: lengthByteCount, of: "a string")
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
        return try global(module: module, name: try line())
    }

    /// Pops the strings of a module and a name in it.
    mutating func stackGlobal() throws(InputError) -> PickleGlobal {
        let operands = try pop(count: 2)
        guard case .string(let module) = operands[0], case .string(let name) = operands[1] else {
            throw fault(
                .pickleOpcode, found: "a name of \(operands[0].kindName) and \(operands[1].kindName)",
                required: "two strings")
        }
        if max(module.bytes.count, name.bytes.count) > Self.globalByteLimit {
            throw fault(
                .pickleGlobal, found: "a name of \(max(module.bytes.count, name.bytes.count)) bytes",
                required: "at most \(Self.globalByteLimit)")
        }
        return try global(module: module.bytes, name: name.bytes)
    }

    /// Returns the meaning of a name, which must be listed.
    private func global(module: [UInt8], name: [UInt8]) throws(InputError) -> PickleGlobal {
        let spelled = module + [UInt8(ascii: " ")] + name
        let name = String(decoding: spelled, as: UTF8.self)
        if let global = PickleGlobal(name) { return global }
        let printed = ByteString(bytes: spelled).description
        if PickleGlobal.unsupported.contains(name) {
            throw tensorFault(.pickleUnsupportedGlobal, found: printed, required: "a plain dense tensor")
        }
        if PickleGlobal.isObjectClass(name) {
            throw fault(.pickledObject, found: printed, required: "tensors by name, as model.state_dict() returns them")
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
