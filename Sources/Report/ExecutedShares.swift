import SkipDiagnostics
import SkipFiles

/// The shares of pairs of token and layer that executed a module, as all commands show them.
enum ExecutedShares {
    static func json(attention: Double, mlp: Double) -> JSONDocument {
        ["attention": .number(attention), "mlp": .number(mlp)]
    }

    static func text(attention: Double, mlp: Double) -> String {
        "attention \(Decimal.percent(attention)), MLP \(Decimal.percent(mlp))"
    }
}
