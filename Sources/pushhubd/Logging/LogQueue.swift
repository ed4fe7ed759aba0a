internal import Dispatch
internal import Logging
import Runtime
internal import Synchronization

/// Takes log entries from every thread and lets one thread of its own write them, so that the hub never waits for the
/// journal. Bursts are summed up; when the writer cannot keep up, entries are dropped and counted, and the count is logged.
///
/// Order is kept. Memory is bounded by ``maxQueuedBytes``, once more for what the thread is just writing.
final class LogQueue: Sendable {
  /// Some thousand entries: seconds of a writer that is held up.
  static let maxQueuedBytes = 1024 * 1024

  private struct State {
    var entries: [LogEntry] = []
    var queuedBytes = 0
    var lost = 0
    /// Since the start, told or not.
    var lostInAll: UInt64 = 0
    var bursts = BurstSummary()
    /// What bursts hold back, for the summary.
    var heldBack: [BurstSummary.Origin: HeldBack] = [:]
    var flushes: [DispatchSemaphore] = []
    var isEnding = false
  }

  /// The entries of a burst, of which only their number will be written.
  private struct HeldBack {
    let kind: LogEntryKind?
    let level: Logger.Level
  }

  /// What becomes of an entry at its burst's gate.
  private enum Admission {
    case admitted
    /// The thread has to learn when the summary is due.
    case heldBackFirst
    case heldBack
  }

  private struct Batch {
    var entries: [LogEntry]
    var flushes: [DispatchSemaphore]
    var isLast: Bool
    var nextDue: SuspendingClock.Instant?
  }

  private let writer: any LogWriter
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  /// Call ``start()`` next.
  init(writer: any LogWriter) {
    self.writer = writer
  }

  /// Begins to write. What came before is kept, up to the limit.
  func start() throws(SystemCallError) {
    try LoopThread.start(named: "log") { self.run() }
  }

  /// Takes an entry, unless it is one too many of its kind or the queue is full. `entry` is made only if it is taken.
  func append(_ event: LogEvent, entry: () -> LogEntry) {
    append(
      from: BurstSummary.Origin(file: event.file, line: event.line), kind: kind(of: event), level: event.level,
      entry: entry)
  }

  func append(
    from origin: BurstSummary.Origin, kind: @autoclosure () -> LogEntryKind?, level: Logger.Level,
    entry: () -> LogEntry
  ) {
    let admission: Admission = state.withLock { state in
      guard !state.bursts.admits(origin, now: SuspendingClock.now) else { return .admitted }
      guard state.heldBack[origin] == nil else { return .heldBack }
      state.heldBack[origin] = HeldBack(kind: kind(), level: level)
      return .heldBackFirst
    }
    switch admission {
    case .admitted: break
    case .heldBackFirst:
      wakeUp.signal()
      return
    case .heldBack: return
    }
    let entry = entry()
    let cost = entry.cost
    let isFirst = state.withLock { state in
      guard state.queuedBytes + cost <= Self.maxQueuedBytes else {
        state.lost += 1
        state.lostInAll += 1
        return false
      }
      state.entries.append(entry)
      state.queuedBytes += cost
      return state.entries.count == 1
    }
    if isFirst {
      wakeUp.signal()
    }
  }

  /// How many entries were dropped since the start, because the writer could not keep up or failed.
  var dropped: UInt64 { state.withLock { $0.lostInAll } }

  /// Waits until everything taken so far is written, or the time is over. Returns whether it is written.
  @discardableResult
  func flush(within limit: Duration) -> Bool {
    wait(within: limit, isEnding: false)
  }

  /// As ``flush(within:)``, with what bursts hold back; then the thread ends, and further entries are not written.
  @discardableResult
  func end(within limit: Duration) -> Bool {
    wait(within: limit, isEnding: true)
  }

  private func wait(within limit: Duration, isEnding: Bool) -> Bool {
    let written = DispatchSemaphore(value: 0)
    state.withLock { state in
      state.flushes.append(written)
      state.isEnding = state.isEnding || isEnding
    }
    wakeUp.signal()
    return written.wait(timeout: .now() + .microseconds(Int(clamping: limit.wholeMicroseconds))) == .success
  }

  private func run() {
    while true {
      let batch = takeBatch()
      var lost = 0
      for entry in batch.entries where !writer.write(entry) {
        lost += 1
      }
      if lost > 0 {
        state.withLock {
          $0.lost += lost
          $0.lostInAll += UInt64(lost)
        }
      }
      for flush in batch.flushes {
        flush.signal()
      }
      guard !batch.isLast else {
        return
      }
      waitForWork(until: batch.nextDue)
    }
  }

  private func takeBatch() -> Batch {
    state.withLock { state in
      var entries = state.entries
      state.entries = []
      state.queuedBytes = 0
      if state.lost > 0 {
        entries.append(Self.lossEntry(state.lost))
        state.lost = 0
      }
      // Mostly nothing is held back, and no account needs to be looked at.
      if !state.heldBack.isEmpty { entries += Self.summaryEntries(&state) }
      defer { state.flushes = [] }
      return Batch(
        entries: entries,
        flushes: state.flushes,
        isLast: state.isEnding,
        nextDue: state.heldBack.isEmpty ? nil : state.bursts.nextDue
      )
    }
  }

  private static func summaryEntries(_ state: inout State) -> [LogEntry] {
    let summaries = state.isEnding ? state.bursts.all() : state.bursts.due(now: SuspendingClock.now)
    return summaries.map { summary in
      let like = state.heldBack.removeValue(forKey: summary.origin)
      return summaryEntry(summary, kind: like?.kind, level: like?.level ?? .info)
    }
  }

  private func waitForWork(until due: SuspendingClock.Instant?) {
    guard let due else {
      wakeUp.wait()
      return
    }
    let microseconds = max(0, SuspendingClock.now.duration(to: due).wholeMicroseconds)
    _ = wakeUp.wait(timeout: .now() + .microseconds(Int(clamping: microseconds)))
  }

  private func kind(of event: LogEvent) -> LogEntryKind? {
    event.metadata?[LogField.kind.rawValue].flatMap { LogEntryKind(rawValue: "\($0)") }
  }

  private static func lossEntry(_ count: Int) -> LogEntry {
    let text = count == 1 ? "1 log entry was lost" : "\(grouped(count)) log entries were lost"
    return LogEntry(
      level: LogEntryKind.entriesLost.level, kind: .entriesLost, message: "\(text): the log took no more")
  }

  private static func summaryEntry(
    _ summary: BurstSummary.Summary, kind: LogEntryKind?, level: Logger.Level
  ) -> LogEntry {
    let subject = kind.map { "\($0.rawValue): " } ?? ""
    return LogEntry(
      level: level,
      kind: kind,
      message: subject + summary.text,
      file: summary.origin.file,
      line: summary.origin.line
    )
  }
}
