import Synchronization
import Testing

@testable import pushhubd

@Suite struct MailboxTests {
  private final class Signals: Sendable {
    let count = Atomic(0)
  }

  @Test func onlyASleepingReaderIsWokenAndOnlyOnce() {
    let signals = Signals()
    let mailbox = Mailbox<Int> { signals.count.add(1, ordering: .relaxed) }
    var letters: [Int] = []
    mailbox.post(1)
    mailbox.wake()
    #expect(signals.count.load(ordering: .relaxed) == 0)
    #expect(mailbox.exchange(&letters))
    #expect(letters == [1])
    letters = []
    #expect(!mailbox.exchange(&letters))
    mailbox.post(2)
    mailbox.post(3)
    mailbox.wake()
    mailbox.wake()
    #expect(signals.count.load(ordering: .relaxed) == 1)
    #expect(mailbox.exchange(&letters))
    #expect(letters == [2, 3])
  }

  @Test func tooManyBytesAreAnOverloadUntilTheyAreTaken() {
    let mailbox = Mailbox<Int> {}
    var letters: [Int] = []
    mailbox.post(1, size: Mailbox<Int>.maxWaitingBytes)
    #expect(!mailbox.isOverloaded)
    mailbox.post(2, size: 1)
    #expect(mailbox.isOverloaded)
    _ = mailbox.exchange(&letters)
    #expect(!mailbox.isOverloaded)
  }
}
