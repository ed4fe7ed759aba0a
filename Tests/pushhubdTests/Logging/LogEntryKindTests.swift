import Foundation
import Testing

@testable import pushhubd

/// The files at the top of the repository that speak of the kinds of entry.
private func file(_ path: String) throws -> String {
  let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
  return try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

@Suite struct LogEntryKindTests {
  @Test func idsAreDistinctAndWellFormed() {
    let ids = LogEntryKind.allCases.map(\.messageID)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(id.count == 32 && id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
  }

  @Test(arguments: LogEntryKind.allCases)
  func kindIsExplainedInTheCatalogAndInTheDocumentation(kind: LogEntryKind) throws {
    let entries = try file("systemd/pushhub.catalog").components(separatedBy: "\n-- ")
    #expect(entries.filter { $0.hasPrefix(kind.messageID) && $0.contains("\nSubject: ") }.count == 1)
    let row = "| `\(kind.rawValue)` | \(kind.level) | `\(kind.messageID)` |"
    #expect(try file("docs/logging.md").contains(row))
  }
}
