import SkipFiles
import SkipModel

/// The figures section: for each int8 tensor, in the order of the tensor table, three `f64`: the sums of the squared
/// weights and of the squared errors, and the largest error.
enum FiguresSection {
    /// Returns the bytes of the section for `tensors`; 0 if none of them is int8, because there is no section then.
    static func byteCount(_ tensors: some Sequence<TensorStorage>) -> Int {
        tensors.count { $0.elementType == .int8 } * FormatLimits.figuresByteCount
    }

    /// Returns the bytes of the section.
    static func encode(_ figures: [QuantizationFigures]) -> [UInt8] {
        var writer = ByteWriter()
        for entry in figures {
            writer.append(entry.squaredWeights)
            writer.append(entry.squaredErrors)
            writer.append(entry.largestError)
        }
        return writer.bytes
    }

    /// Reads and checks the section at `range`, which holds the figures of `count` tensors.
    static func decode(_ file: MappedFile, _ range: Range<Int>, count: Int) throws(FormatError) -> [QuantizationFigures]
    {
        guard range.count == count * FormatLimits.figuresByteCount else {
            throw .broken(
                RuleViolation(
                    .figures, at: range.lowerBound, .section(SectionID(.figures)), found: .number(Int64(range.count)),
                    required: .number(Int64(count * FormatLimits.figuresByteCount))))
        }
        var figures: [QuantizationFigures] = []
        figures.reserveCapacity(count)
        for index in 0..<count {
            let start = range.lowerBound + index * FormatLimits.figuresByteCount
            figures.append(
                QuantizationFigures(
                    squaredWeights: try number(file, at: start), squaredErrors: try number(file, at: start + 8),
                    largestError: try number(file, at: start + 16)))
        }
        return figures
    }

    private static func number(_ file: MappedFile, at offset: Int) throws(FormatError) -> Double {
        let value = Double(bitPattern: file.integer(UInt64.self, at: offset))
        guard value.isFinite, value.sign == .plus else {
            throw .broken(RuleViolation(.figures, at: offset, .section(SectionID(.figures)), found: .real(value)))
        }
        return value
    }
}
