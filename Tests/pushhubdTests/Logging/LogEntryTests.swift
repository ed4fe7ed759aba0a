import Foundation
import Logging
import Testing

@testable import pushhubd

@Suite struct LogEntryTests {
  private func entry(_ message: String, _ metadata: Logger.Metadata, level: Logger.Level = .info) -> LogEntry {
    let event = LogEvent(
      level: level, message: "\(message)", metadata: nil, source: nil, file: "pushhubd/A.swift", function: "f()",
      line: 7)
    return LogEntry(event, metadata: metadata)
  }

  @Test func metadataBecomesFields() {
    let entry = entry(
      "connection opened",
      ["kind": "connection-opened", "user": "42", "connection": "conn_x", "client": "cid", "port": "8888"])
    #expect(
      JournalWriter.fields(of: entry) == [
        "MESSAGE=connection opened port=8888 user=42 connection=conn_x client=cid",
        "PRIORITY=6",
        "SYSLOG_IDENTIFIER=pushhubd",
        "CODE_FILE=pushhubd/A.swift",
        "CODE_LINE=7",
        "CODE_FUNC=f()",
        "MESSAGE_ID=d71bac591f52454789f3055ed5cbbab1",
        "PUSHHUB_KIND=connection-opened",
        "PUSHHUB_USER=42",
        "PUSHHUB_CONNECTION=conn_x",
        "PUSHHUB_CLIENT=cid",
      ])
  }

  @Test func everyDocumentedKeyHasItsField() {
    var metadata: Logger.Metadata = [:]
    for field in LogField.allCases where field != .kind {
      metadata[field.rawValue] = .string("value of \(field.rawValue)")
    }
    let fields = JournalWriter.fields(of: entry("m", metadata))
    for name in [
      "USER", "CONNECTION", "CLIENT", "EVENT", "REASON", "ORIGIN", "PUBLISHER_PID", "PUBLISHER_UID", "PUBLISHER_GID",
    ] {
      #expect(fields.filter { $0.hasPrefix("PUSHHUB_\(name)=value of ") }.count == 1)
    }
    #expect(fields.first?.hasPrefix("MESSAGE=m user=\"value of user\" ") == true)
  }

  @Test func valuesAreInTheOrderOfTheFields() {
    var values: LogValues = [.reason: "r", .user: "old", .connection: "conn_x"]
    values[.client] = "c"
    values[.user] = "42"
    values[.event] = nil
    #expect(values.all.map(\.field) == [.user, .connection, .client, .reason])
    #expect(values[.user] == "42" && values[.event] == nil)
    values[.user] = nil
    #expect(values.all.map(\.text) == ["conn_x", "c", "r"])
    #expect(LogField.allCases.sorted() == LogField.allCases)
  }

  @Test func unknownKindHasNoMessageID() {
    let fields = JournalWriter.fields(of: entry("m", ["kind": "made-up"]))
    #expect(!fields.contains { $0.hasPrefix("MESSAGE_ID=") || $0.hasPrefix("PUSHHUB_KIND=") })
  }

  @Test(arguments: [
    (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
  ])
  func levelIsThePriority(level: Logger.Level, priority: Int) {
    #expect(JournalWriter.fields(of: entry("m", [:], level: level)).contains("PRIORITY=\(priority)"))
  }

  @Test func lineIsReadableAndSafe() {
    let entry = entry(
      "closed\n\u{1b}[31m", ["user": "a b\nPRIORITY=0", "reason": "he said \"no\"", "client": ""], level: .warning)
    func line(isJournal: Bool, wall: Int64) -> String {
      String(decoding: StandardErrorWriter(isJournal: isJournal).line(for: entry, wall: wall), as: UTF8.self)
    }
    #expect(
      line(isJournal: false, wall: 1_765_368_000_000)
        == "2025-12-10T12:00:00.000Z warning: closed\\n\\u{1b}[31m user=\"a b\\nPRIORITY=0\" client=\"\" "
        + "reason=\"he said \\\"no\\\"\"\n")
    #expect(line(isJournal: true, wall: 0).hasPrefix("<4>closed"))
  }

  /// What a reader of a line has to do: take a word up to the blank, or a string of JSON.
  @Test(arguments: [
    "42", "a b", "a\"b", "a\\", "\\\"", #"x\" reason=forged"#, #"\"#, "\"", "", "a=b", "é\u{a0}x", "\u{9b}31m",
    "a\nb\u{2028}", #"\u0041"#, "日本", "\u{202e}txt.exe", "\u{feff}\u{200b}",
  ])
  func aLineCanBeReadBackWhateverTheValuesAre(user: String) throws {
    let text = entry("opened", ["user": .string(user), "client": "c"]).text
    let rest = try #require(text.hasPrefix("opened user=") ? text.dropFirst("opened user=".count) : nil)
    let read: String
    if rest.first == "\"" {
      let end = try #require(rest.dropFirst().firstMatch(of: /(?:[^"\\]|\\.)*"/)).range.upperBound
      read = try JSONDecoder().decode(String.self, from: Data(rest[..<end].utf8))
      #expect(rest[end...] == " client=c")
    } else {
      read = String(rest.prefix { $0 != " " })
      #expect(rest.dropFirst(read.count) == " client=c")
    }
    #expect(read.utf8.elementsEqual(user.utf8))
  }

  @Test func longValuesAreCut() {
    let entry = entry(
      String(repeating: "m", count: 100_000), ["user": .string(String(repeating: "é", count: 100_000))])
    #expect(entry.message.utf8.count == LogEntry.maxMessageBytes)
    #expect(entry.values.map(\.text.utf8.count).allSatisfy { $0 <= LogEntry.maxValueBytes })
    #expect(entry.cost < LogEntry.maxMessageBytes + LogEntry.maxValueBytes + 512)
  }

  @Test(arguments: [
    ("abc", 3, "abc"), ("abcd", 3, "…"), ("abcdef", 5, "ab…"), ("éé", 4, "éé"), ("ééé", 5, "é…"), ("日本語", 8, "日…"),
  ])
  func cutKeepsWholeCharacters(text: String, limit: Int, expected: String) {
    #expect(cut(text, to: limit) == expected)
  }

  @Test(arguments: [
    ("plain ünïcode", "plain ünïcode"), ("a\r\nb\tc", "a\\r\\nb\\tc"), ("\u{0}\u{7f}\u{9b}", "\\u{0}\\u{7f}\\u{9b}"),
    ("\u{2028}", "\\u{2028}"), ("a\u{202e}b\u{200b}", "a\\u{202e}b\\u{200b}"),
  ])
  func controlCharactersAreEscaped(text: String, expected: String) {
    #expect(escapingControls(text) == expected)
  }
}
