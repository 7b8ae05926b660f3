/// A Markdown table with aligned columns, readable in a terminal and in a document.
package enum MarkdownTable {
    /// `rightAligned` are the indices of columns of numbers.
    package static func text(header: [String], rows: [[String]], rightAligned: Set<Int> = []) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return rightAligned.contains(column) ? padding + cells[column] : cells[column] + padding
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        let rules = widths.indices.map { column in
            rightAligned.contains(column)
                ? String(repeating: "-", count: widths[column] + 1) + ":"
                : String(repeating: "-", count: widths[column] + 2)
        }
        return line(header) + "|" + rules.joined(separator: "|") + "|\n" + rows.map(line).joined()
    }
}
