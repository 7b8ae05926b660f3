import SkipFiles
import SkipModel

/// What differs in the extents of one kind, such as the MLPs of all layers.
package struct PartComparison: JSONConvertible, Equatable {
    package let kind: ExtentKind
    package let moduleCount: Int
    package let differingModuleCount: Int
    package let tensorCount: Int
    /// The number of tensors that differ or that only one of the files has.
    package let differingTensorCount: Int
    /// The number of these that only one of the files has.
    package let loneTensorCount: Int
    /// The types of all tensors of the kind in each file.
    package let firstTypes: [String]
    package let secondTypes: [String]
    /// The number of elements of the tensors that differ in their values, not in their shapes.
    package let elementCount: Int
    /// The number of these elements that differ.
    package let differingCount: Int
    /// The largest difference; nil without elements.
    package let largestDifference: Double?
    /// The root mean square of the differences of these elements.
    package let rmsDifference: Double?
    /// `rmsDifference` divided by the root mean square of the values of these elements in the first file.
    package let relativeDifference: Double?

    init(
        _ kind: ExtentKind, tensors: Set<TensorID>, lone: Set<TensorID>,
        differences: [FileComparison.TensorDifference], types: (first: [String], second: [String])
    ) {
        self.kind = kind
        moduleCount = Set(tensors.map(\.extent)).count
        differingModuleCount = Set(lone.map(\.extent)).union(differences.map(\.id.extent)).count
        tensorCount = tensors.count
        differingTensorCount = lone.count + differences.count
        loneTensorCount = lone.count
        (firstTypes, secondTypes) = types
        let compared = differences.filter { $0.values != nil }
        let values = compared.compactMap(\.values)
        let squaredDifferences = values.map(\.squaredDifferences).reduce(0, +)
        let squaredValues = values.map(\.squaredValues).reduce(0, +)
        elementCount = compared.map(\.elementCount).reduce(0, +)
        differingCount = values.map(\.differingCount).reduce(0, +)
        largestDifference = values.map { Double($0.largest) }.max()
        rmsDifference = elementCount > 0 ? (squaredDifferences / Double(elementCount)).squareRoot() : nil
        relativeDifference = squaredValues > 0 ? (squaredDifferences / squaredValues).squareRoot() : nil
    }

    package var json: JSONDocument {
        [
            "part": .string("\(kind)"),
            "moduleCount": .integer(moduleCount),
            "differingModuleCount": .integer(differingModuleCount),
            "tensorCount": .integer(tensorCount),
            "differingTensorCount": .integer(differingTensorCount),
            "loneTensorCount": .integer(loneTensorCount),
            "firstTypes": .array(firstTypes),
            "secondTypes": .array(secondTypes),
            "elementCount": .integer(elementCount),
            "differingCount": .integer(differingCount),
            "largestDifference": .optional(largestDifference),
            "rmsDifference": .optional(rmsDifference),
            "relativeDifference": .optional(relativeDifference),
        ]
    }
}
