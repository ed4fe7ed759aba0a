import Foundation
import Testing

@testable import pushhubd

/// What the documents say of the figures is made of their table.
struct FigureTests {
  private static let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs")
    .standardized

  private static var table: String {
    let rows = Figure.all.map { figure in
      let kind =
        switch figure.kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
      let label = figure.label.map { "`\($0)`" } ?? ""
      // A small item at the beginning, but "HTTP" stays.
      let isAcronym = figure.help.dropFirst().first?.isUppercase == true
      let first = isAcronym ? String(figure.help.prefix(1)) : figure.help.prefix(1).lowercased()
      let text = first + figure.help.dropFirst().dropLast() + figure.details
      return "| `\(figure.name)` | \(kind) | \(label) | \(text) |\n".replacing("|  |", with: "| |")
    }
    return "\n| metric | type | labels | |\n| --- | --- | --- | --- |\n" + rows.joined() + "\n"
  }

  /// `UPDATE_DOCUMENTATION=1 swift test --filter FigureTests` writes it anew.
  @Test func thePageHasTheTable() throws {
    let url = Self.docs.appending(path: "metrics.md")
    let page = try String(contentsOf: url, encoding: .utf8)
    var expected = page
    let start = try #require(expected.firstRange(of: "<!-- figures -->\n")).upperBound
    let end = try #require(expected[start...].firstRange(of: "<!-- end -->\n")).lowerBound
    expected.replaceSubrange(start..<end, with: Self.table)
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1", expected != page {
      try expected.write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(page == expected)
    }
  }

  @Test func thePageNamesEveryMemberOfStats() throws {
    let page = try String(contentsOf: Self.docs.appending(path: "metrics.md"), encoding: .utf8)
    for figure in Figure.all {
      var names = figure.member.map { $0.split(separator: ".").map(String.init) } ?? []
      switch figure.reading {
      case .ofShards(let name, _), .latency(let name, _): names.append(name)
      case .number, .time, .times, .counts, .position, .text: break
      }
      for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
    }
  }

  @Test func noTwoFiguresShareANameOrAMember() {
    #expect(Set(Figure.all.map(\.name)).count == Figure.all.count)
    let members = Figure.all.compactMap(\.member)
    #expect(Set(members).count == members.count)
  }

  @Test func theDashboardAsksOnlyForFiguresThatThereAre() throws {
    let dashboard = try String(contentsOf: Self.docs.appending(path: "grafana-dashboard.json"), encoding: .utf8)
    let names = Figure.all.flatMap { figure in
      figure.kind == .histogram ? ["_bucket", "_sum", "_count"].map { figure.name + $0 } : [figure.name]
    }
    let asked = Set(dashboard.matches(of: /\b(?:pushhub|process)_[a-z_]+/).map { String($0.output) })
    #expect(asked.subtracting(names).isEmpty)
    #expect(asked.count > 15)
  }
}
