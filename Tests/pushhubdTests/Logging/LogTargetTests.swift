import Glibc
import Testing

@testable import pushhubd

@Suite struct LogTargetTests {
  @Test(arguments: ["", "8", "8:", ":12", "8:x", "8:1:2", "-1:2"])
  func malformedJournalStreamIsNone(text: String) {
    #expect(JournalStream(text) == nil)
  }

  @Test func journalStreamIsComparedWithStandardError() throws {
    let own = try #require(JournalStream(descriptor: STDERR_FILENO))
    #expect(JournalStream("\(own.device):\(own.inode)") == own)
    #expect(JournalStream(descriptor: 1_000_000) == nil)

    let journal = ["JOURNAL_STREAM": "\(own.device):\(own.inode)"]
    let other = ["JOURNAL_STREAM": "\(own.device):\(own.inode &+ 1)"]
    #expect(LogTarget.automatic.writer(environment: journal) is JournalWriter)
    #expect(LogTarget.automatic.writer(environment: other) is StandardErrorWriter)
    #expect(LogTarget.automatic.writer(environment: [:]) is StandardErrorWriter)
    #expect(LogTarget.journal.writer(environment: [:]) is JournalWriter)
    #expect((LogTarget.standardError.writer(environment: journal) as? StandardErrorWriter)?.isJournal == true)
    #expect((LogTarget.standardError.writer(environment: other) as? StandardErrorWriter)?.isJournal == false)
  }
}
