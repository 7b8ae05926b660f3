import ArgumentParser
import SkipConvert
import SkipFiles

/// `PATH` or `PATH:SCALE` after `--lora`, or a path and a scale after `--lora-scaled`.
struct AdapterArgument: ExpressibleByArgument {
    let input: Result<AdapterInput, ValidationError>

    init(argument: String) {
        if let end = argument.utf8.firstIndex(of: ScaledAdapterOption.separator) {
            let scale = argument[argument.utf8.index(after: end)...]
            input = Self.scaled(String(argument[..<end]), String(scale))
        } else {
            input = Self.plain(argument)
        }
    }

    /// A path that exists is a path. Otherwise the text after the last colon is a scale, if the path before it exists.
    private static func plain(_ argument: String) -> Result<AdapterInput, ValidationError> {
        guard !exists(argument), let (path, tail) = parts(argument) else {
            return .success(AdapterInput(path: argument))
        }
        let start = "--lora \(ByteString(argument)): "
        guard exists(path) else {
            let missing =
                path.isEmpty
                ? "there is no such path, and no path before the colon"
                : "there is neither \"\(ByteString(argument))\" nor \"\(ByteString(path))\""
            return .failure(
                ValidationError(start + missing + "; give the path of an adapter, with :SCALE or without"))
        }
        if tail.isEmpty {
            return .failure(
                ValidationError(start + "no scale after the colon; write \(ByteString(path)) or \(ByteString(path)):1"))
        }
        guard let scale = scale(tail) else {
            return .failure(
                ValidationError(
                    start + "there is no such path, and \"\(ByteString(tail))\" is not a scale for "
                        + "\(ByteString(path)); \(requiredScale)"))
        }
        return .success(AdapterInput(path: path, scale: scale))
    }

    /// The values of `--lora-scaled`. The scale is empty if only one value was given, which must be `PATH:SCALE`.
    private static func scaled(_ path: String, _ text: String) -> Result<AdapterInput, ValidationError> {
        if text.isEmpty, ScaledAdapterOption.hasScale(path) { return plain(path) }
        let start = "--lora-scaled \(ByteString(path)): "
        guard let scale = scale(text) else {
            let found = text.isEmpty ? "no scale" : "\"\(ByteString(text))\" is not a scale"
            return .failure(ValidationError(start + "\(found); write --lora-scaled PATH SCALE; \(requiredScale)"))
        }
        return .success(AdapterInput(path: path, scale: scale))
    }

    private static let requiredScale =
        "a scale is a number such as 0.5, at most \(Int(AdapterLimits.maximumScale)) in size"

    /// Whether there is a file at the path. One that cannot be reached counts, so that the error names the reason.
    static func exists(_ path: String) -> Bool { (try? FileProbe.exists(path)) ?? true }

    /// Returns what is before and after the last colon; nil without a colon.
    static func parts(_ argument: String) -> (path: String, tail: String)? {
        guard let colon = argument.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return (String(argument[..<colon]), String(argument[argument.utf8.index(after: colon)...]))
    }

    /// Returns the number that a text writes in decimals; nil if it is none, or beyond the limit.
    static func scale(_ text: String) -> Double? {
        guard text.utf8.allSatisfy("+-.0123456789eE".utf8.contains), let scale = Double(text),
            abs(scale) <= AdapterLimits.maximumScale
        else { return nil }
        return scale
    }
}

/// `--lora-scaled PATH SCALE`, as llama.cpp spells it.
///
/// The library for arguments has no option with two values that may be repeated, and none with a negative number as a
/// value. So the two values are joined before it sees them, with a byte that no argument can contain. This keeps the
/// order of `--lora` and `--lora-scaled`.
enum ScaledAdapterOption {
    static let name = "lora-scaled"
    static let separator: UInt8 = 0

    /// Returns the arguments with the values of each `--lora-scaled` joined.
    static func joined(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            // What follows `--` is no option.
            if argument == "--" { return result + [argument] + rest }
            result.append(argument)
            if argument == "--" + name, let path = rest.popFirst() {
                result.append(path + "\0" + (takeScale(after: path, from: &rest) ?? ""))
            }
        }
        return result
    }

    /// Removes the scale that follows a path. A value that is no number is taken too, so that the error can name it,
    /// unless the path has a scale after a colon.
    private static func takeScale(after path: String, from rest: inout ArraySlice<String>) -> String? {
        guard let next = rest.first else { return nil }
        let isNumber = Double(next) != nil
        let isOption = next.utf8.first == UInt8(ascii: "-")
        return isNumber || !isOption && !hasScale(path) ? rest.popFirst() : nil
    }

    /// Whether an argument is `PATH:SCALE` with a path that exists.
    static func hasScale(_ argument: String) -> Bool {
        guard !AdapterArgument.exists(argument), let (path, tail) = AdapterArgument.parts(argument) else {
            return false
        }
        return AdapterArgument.exists(path) && AdapterArgument.scale(tail) != nil
    }
}
