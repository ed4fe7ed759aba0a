import Testing

@testable import Runtime

@Suite struct MailboxTests {
  @Test func onlyASleepingReaderIsWokenAndOnlyOnce() throws {
    let poller = try Poller()
    let mailbox = Mailbox<Int>(waking: poller)
    var items: [Int] = []
    mailbox.post(1)
    mailbox.wake()
    #expect(poller.wait(milliseconds: 0) == 0)
    #expect(mailbox.exchange(&items))
    #expect(items == [1])
    items = []
    #expect(!mailbox.exchange(&items))
    mailbox.post(2)
    mailbox.post(3)
    mailbox.wake()
    #expect(poller.wait(milliseconds: 0) == 1)
    mailbox.wake()
    #expect(poller.wait(milliseconds: 0) == 0)
    #expect(mailbox.exchange(&items))
    #expect(items == [2, 3])
  }

  @Test func tooManyBytesAreAnOverloadUntilTheyAreTaken() throws {
    let mailbox = Mailbox<Int>(waking: try Poller())
    var items: [Int] = []
    mailbox.post(1, size: Mailbox<Int>.maxWaitingBytes)
    #expect(!mailbox.isOverloaded)
    mailbox.post(2, size: 1)
    #expect(mailbox.isOverloaded)
    _ = mailbox.exchange(&items)
    #expect(!mailbox.isOverloaded)
  }
}
