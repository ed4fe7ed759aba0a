import Dispatch
import Logging
import Synchronization
import Testing

@testable import pushhubd

/// Remembers what it wrote, and stands still while it is told to.
private final class GatedWriter: LogWriter {
  private let messages = Mutex<[LogEntry]>([])
  private let gate = DispatchSemaphore(value: 0)
  private let isClosed = Mutex(false)
  let begins = DispatchSemaphore(value: 0)

  func write(_ entry: LogEntry) -> Bool {
    if isClosed.withLock({ $0 }) {
      begins.signal()
      gate.wait()
    }
    messages.withLock { $0.append(entry) }
    return true
  }

  func close() { isClosed.withLock { $0 = true } }

  func open() {
    isClosed.withLock { $0 = false }
    gate.signal()
  }

  var written: [LogEntry] { messages.withLock { $0 } }
}

@Suite struct LogQueueTests {
  private let writer = GatedWriter()
  private let queue: LogQueue

  init() throws {
    queue = LogQueue(writer: writer)
    try queue.start()
  }

  private func append(_ text: String, line: UInt, kind: LogEntryKind? = nil) {
    let metadata: Logger.Metadata? = kind.map { [LogField.kind.rawValue: .string($0.rawValue)] }
    let event = LogEvent(
      level: .info, message: "\(text)", metadata: metadata, source: nil, file: "f", function: "f", line: line)
    queue.append(event) { LogEntry(event, metadata: metadata ?? [:]) }
  }

  @Test func entriesAreWrittenInOrder() {
    for number in 0..<100 {
      append("\(number)", line: 1)
    }
    #expect(queue.flush(within: .seconds(5)))
    #expect(writer.written.map(\.message) == (0..<100).map { "\($0)" })
    #expect(queue.end(within: .seconds(5)))
  }

  @Test func burstIsSummedUpAtTheEnd() throws {
    for _ in 0..<BurstSummary.maxEntriesPerPeriod + 1000 {
      append("connection opened", line: 2, kind: .connectionOpened)
    }
    #expect(queue.end(within: .seconds(5)))
    #expect(writer.written.count == BurstSummary.maxEntriesPerPeriod + 1)
    let last = try #require(writer.written.last)
    #expect(last.message == "connection-opened: … and 1,000 more like it in 5 s")
    #expect(last.kind == .connectionOpened)
  }

  @Test func burstIsSummedUpWithoutAnotherEntry() {
    for _ in 0...BurstSummary.maxEntriesPerPeriod {
      append("again", line: 2)
    }
    // The summary comes when the period is over, by itself.
    let deadline = SuspendingClock.now + .seconds(20)
    while writer.written.last?.message != "… and 1 more like it in 5 s", SuspendingClock.now < deadline {
      queue.flush(within: .seconds(1))
    }
    #expect(writer.written.last?.message == "… and 1 more like it in 5 s")
    #expect(queue.end(within: .seconds(5)))
  }

  @Test func callersNeverWaitAndLossIsTold() throws {
    writer.close()
    append("held up", line: 1)
    #expect(writer.begins.wait(timeout: .now() + .seconds(5)) == .success)
    // The writer stands. What does not fit is dropped; each comes from another line, so it is no burst.
    let text = String(repeating: "x", count: LogEntry.maxMessageBytes)
    let cost = LogEntry(level: .info, kind: nil, message: text).cost
    let room = LogQueue.maxQueuedBytes / cost
    for number in 0..<room + 7 {
      append(text, line: UInt(100 + number))
    }
    #expect(!queue.flush(within: .milliseconds(1)))
    writer.open()
    #expect(queue.end(within: .seconds(5)))
    #expect(writer.written.count == 1 + room + 1)
    let last = try #require(writer.written.last)
    #expect(last.message == "7 log entries were lost: the log took no more")
    #expect(last.kind == .entriesLost)
  }
}
