import SkipFiles
import SkipModel

extension FileComparison {
    /// A named value that differs; nil for a file that does not have it.
    package struct Difference: JSONConvertible, Equatable {
        package let name: String
        package let first: String?
        package let second: String?

        package var json: JSONDocument {
            [
                "name": .string(name),
                "first": .optional(first),
                "second": .optional(second),
            ]
        }
    }

    /// A tensor that both files have and whose bytes differ.
    package struct TensorDifference: JSONConvertible, Equatable {
        let id: TensorID
        package let firstType: String
        package let secondType: String
        package let elementCount: Int
        let columnCount: Int
        /// Nil if the shapes differ.
        let values: ValueComparison?

        package var name: String { "\(id)" }

        /// The extent that contains it.
        package var module: String { "\(id.extent)" }

        /// The number of elements whose values differ; nil if the shapes differ.
        package var differingCount: Int? { values?.differingCount }

        package var largestDifference: Double? { values.map { Double($0.largest) } }

        /// The root mean square of the differences of all elements.
        package var rmsDifference: Double? {
            values.map { ($0.squaredDifferences / Double(max(elementCount, 1))).squareRoot() }
        }

        /// `rmsDifference` divided by the root mean square of the values in the first file; nil if all of these are 0.
        package var relativeDifference: Double? { values.flatMap(\.relativeDifference) }

        /// The position of the largest difference.
        package var place: (row: Int, column: Int)? {
            values?.place.map { ($0 / columnCount, $0 % columnCount) }
        }

        package var json: JSONDocument {
            [
                "tensor": .string(name),
                "module": .string(module),
                "firstType": .string(firstType),
                "secondType": .string(secondType),
                "elementCount": .integer(elementCount),
                "differingCount": .optional(differingCount),
                "largestDifference": .optional(largestDifference),
                "rmsDifference": .optional(rmsDifference),
                "relativeDifference": .optional(relativeDifference),
                "row": .optional(place?.row),
                "column": .optional(place?.column),
            ]
        }
    }
}

extension ValueComparison {
    /// The root of Σ difference² / Σ value²; nil if all values are 0.
    var relativeDifference: Double? {
        squaredValues > 0 ? (squaredDifferences / squaredValues).squareRoot() : nil
    }
}
