import Foundation
import Testing

@testable import pushhubd

/// Help, the page, the manual and the sample say what the table of keys says.
struct SettingsDocumentTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardized

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test(arguments: SettingKey.all.map(\.name)) func helpHasEveryKeyAndItsDefault(name: String) throws {
    let key = try #require(SettingKey.all.first { $0.name == name })
    let line = SettingsDocument.help(for: .serve).split(separator: "\n").first { $0.hasPrefix("  \(key.option) ") }
    #expect(line?.hasSuffix("[\(key.defaultText.isEmpty ? "none" : key.defaultText)]") == true)
    for line in SettingsDocument.help(for: .serve).split(separator: "\n") { #expect(line.count <= 120) }
  }

  @Test func theHelpOfEachCommandFitsIntoATerminal() {
    for command in CommandLineOptions.Command.allCases {
      for line in SettingsDocument.help(for: command).split(separator: "\n") { #expect(line.count <= 120) }
    }
  }

  /// A page has between these lines what is made of the keys: `UPDATE_DOCUMENTATION=1 swift test --filter
  /// SettingsDocumentTests` writes it anew.
  private func check(_ path: String, _ parts: [(begin: String, end: String, made: String)]) throws {
    let page = try text(path)
    var expected = page
    for part in parts {
      let start = try #require(expected.firstRange(of: part.begin + "\n")).upperBound
      let end = try #require(expected[start...].firstRange(of: part.end + "\n")).lowerBound
      expected.replaceSubrange(start..<end, with: part.made)
    }
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1", expected != page {
      try expected.write(to: Self.root.appending(path: path), atomically: true, encoding: .utf8)
    } else {
      #expect(page == expected)
    }
  }

  @Test func thePageHasTheTablesOfTheKeys() throws {
    try check(
      "docs/configuration.md",
      SettingsDocument.sections.map {
        ("<!-- keys: \($0) -->", "<!-- end -->", "\n" + SettingsDocument.table(of: $0) + "\n\n")
      })
  }

  @Test func theManualHasTheOptionsOfTheKeys() throws {
    let end = #".\" End of the table."#
    try check(
      "docs/man/pushhubd.8",
      [
        (#".\" Made of the commands."#, end, SettingsDocument.manualCommands + "\n"),
        (#".\" Made of the options that are no keys."#, end, SettingsDocument.manualOptions + "\n"),
        (#".\" Made of the table of keys."#, end, SettingsDocument.manualSettings + "\n"),
      ])
  }

  @Test func theSampleSaysNothing() throws {
    let outcome = SettingsLoader.outcome(.test(file: try text("systemd/pushhubd.yaml")))
    #expect(outcome == SettingsLoader.Outcome(settings: Settings(), lines: []))
  }

  /// Every commented key of the sample, once its `#` is gone, has just the default: all are there, none is another.
  @Test func theSampleHasEveryKeyWithItsDefault() throws {
    let sample = try text("systemd/pushhubd.yaml").replacing(/(?m)^( *)#([a-z-]+:)/) { $0.output.1 + $0.output.2 }
    let outcome = SettingsLoader.outcome(.test(file: sample))
    #expect(outcome == SettingsLoader.Outcome(settings: Settings(), lines: []))
    let file = try ConfigurationFile(contents: Array(sample.utf8))
    #expect(file.entries.map(\.key).sorted() == SettingKey.all.map(\.name).sorted())
  }

  /// Each line by itself, so that no default of the sample hides behind another.
  @Test(arguments: SettingKeyTests.samples) func theSampleCanBeChangedKeyByKey(sample: SettingKeyTests.Sample) throws {
    let key = try #require(sample.setting).components
    let line = try Regex("(?m)^( *)#\(key.last ?? ""):.*$")
    let text = try text("systemd/pushhubd.yaml")
    let start = key.count == 1 ? text.startIndex : try #require(text.firstRange(of: "\n\(key[0]):\n")).upperBound
    let match = try #require(text[start...].firstMatch(of: line))
    let indent = key.count == 1 ? "" : "  "
    let changed = text.replacingCharacters(in: match.range, with: "\(indent)\(key.last ?? ""): \"\(sample.text)\"")
    #expect(
      SettingsLoader.outcome(.test(file: changed)) == SettingsLoader.Outcome(settings: sample.expected, lines: []))
  }
}
