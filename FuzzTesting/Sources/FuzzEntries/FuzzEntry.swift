import SkipFiles
import SkipFormat
import SkipPackage
import SkipTokenizer

@testable import SkipConvert

/// A reader of untrusted bytes. The fuzz program calls it with mutated inputs, and the tests with kept ones.
package enum FuzzEntry: String, CaseIterable, Sendable {
    case json, editing, safetensors, shards, config, adapter, pattern, torch, pickle, recognition, tokenizer, model,
        table, text, skipgpt, package

    /// What a reader does with an input.
    package enum Verdict: Equatable, Sendable {
        /// `detail` is a result that other implementations also compute; empty for most entries.
        case accepted(detail: String)
        /// The rule that the input breaks.
        case refused(rule: String)
    }

    /// Reads an input. It is refused, or what is read has the properties that the entry names.
    ///
    /// - Throws: the property that does not hold.
    package func check(_ bytes: [UInt8]) throws(BrokenProperty) -> Verdict {
        do {
            return .accepted(detail: try examine(bytes))
        } catch let error as BrokenProperty {
            throw error
        } catch let error as InputError {
            return .refused(rule: "\(error.rule)")
        } catch let error as JSONError {
            return .refused(rule: "\(error.reason)")
        } catch let error as FormatError {
            return .refused(rule: error.rule.map { "\($0)" } ?? "system")
        } catch PackageError.broken(let violation, _) {
            return .refused(rule: violation.rule.id)
        } catch PackageError.model(let failure) {
            return .refused(rule: failure.error.rule.map { "\($0)" } ?? "system")
        } catch PackageError.input(let error) {
            return .refused(rule: "\(error.rule)")
        } catch let error as TokenizerTableError {
            return .refused(rule: "\(error)")
        } catch let error as RegularExpression.Refusal {
            return .refused(rule: error.construct)
        } catch {
            throw BrokenProperty(description: "an error without a rule: \(error)")
        }
    }

    private func examine(_ bytes: [UInt8]) throws -> String {
        switch self {
        case .json: try JSONEntry.examine(bytes)
        case .editing: try EditingEntry.examine(bytes)
        case .safetensors: try SafetensorsEntry.examine(bytes)
        case .shards: try ShardsEntry.examine(bytes)
        case .config: try ConfigEntry.examine(bytes)
        case .adapter: try AdapterEntry.examine(bytes)
        case .pattern: return try PatternEntry.examine(bytes)
        case .torch: try TorchEntry.examine(bytes)
        case .pickle: try PickleEntry.examine(bytes)
        case .recognition: try RecognitionEntry.examine(bytes)
        case .tokenizer: return try TokenizerEntry.examine(bytes)
        case .model: try ModelFileEntry.examine(bytes)
        case .table: try TableEntry.examine(bytes)
        case .text: return try TextEntry.examine(bytes)
        case .skipgpt: try SkipFileEntry.examine(bytes)
        case .package: try PackageEntry.examine(bytes)
        }
        return ""
    }
}

/// A property that an accepted input should have.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String
}

/// Throws unless a property holds.
func require(_ isTrue: Bool, _ property: @autoclosure () -> String) throws {
    if !isTrue { throw BrokenProperty(description: property()) }
}
