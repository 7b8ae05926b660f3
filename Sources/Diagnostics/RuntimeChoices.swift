import SkipRuntime

/// The choices that environment variables make for a run. Programs read the variables, libraries do not.
package struct RuntimeChoices: Sendable {
    package static let instructionSetVariable = "SKIPC_ISA"
    package static let activationBitsVariable = "SKIPC_ACTIVATION_BITS"

    package let instructionSet: InstructionSet
    /// What activations are rounded to; nil for the default of the command.
    package let activationPrecision: ActivationPrecision?

    /// Interprets the variables' values; nil and the empty text mean that a variable is not set.
    package init(instructionSet: String?, activationBits: String?) throws(RuntimeError) {
        if let instructionSet, !instructionSet.isEmpty {
            self.instructionSet = try .named(instructionSet)
        } else {
            self.instructionSet = .best
        }
        if let activationBits, !activationBits.isEmpty {
            activationPrecision = try .named(activationBits)
        } else {
            activationPrecision = nil
        }
    }
}
