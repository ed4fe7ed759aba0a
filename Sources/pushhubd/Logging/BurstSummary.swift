/// Keeps a flood of like entries out of the log: a number of them in a period passes, of the others only the count is told.
///
/// Entries are alike when they come from the same place in the code, so there is one account for each such place at most.
struct BurstSummary {
  /// Enough for a person to see what is going on, and for one user's story on a quiet day to be complete.
  static let maxEntriesPerPeriod = 200
  static let period = Duration.seconds(5)

  /// A place in the code.
  struct Origin: Hashable, Sendable {
    let file: String
    let line: UInt

    /// The line alone tells most places apart, and is hashed at once.
    func hash(into hasher: inout Hasher) { hasher.combine(line) }
  }

  /// What was held back at one place during one period.
  struct Summary: Equatable, Sendable {
    let origin: Origin
    let count: Int
    let period: Duration

    /// `… and 4,812 more like it in 5 s`
    var text: String {
      "… and \(grouped(count)) more like it in \(period.components.seconds) s"
    }
  }

  private struct Account {
    let begin: SuspendingClock.Instant
    var passed: Int
    var heldBack: Int
  }

  private var accounts: [Origin: Account] = [:]

  /// Whether the entry is to be written; if not, it has been counted.
  ///
  /// A period begins with an entry, not by the clock, and ends when ``due(now:)`` has told of it.
  mutating func admits(_ origin: Origin, now: SuspendingClock.Instant) -> Bool {
    guard var account = accounts[origin], account.heldBack > 0 || now < account.begin + Self.period else {
      accounts[origin] = Account(begin: now, passed: 1, heldBack: 0)
      return true
    }
    let isAdmitted = account.passed < Self.maxEntriesPerPeriod
    if isAdmitted {
      account.passed += 1
    } else {
      account.heldBack += 1
    }
    accounts[origin] = account
    return isAdmitted
  }

  /// When ``due(now:)`` next has something to tell; nil if nothing is held back.
  var nextDue: SuspendingClock.Instant? {
    accounts.values.filter { $0.heldBack > 0 }.map(\.begin).min().map { $0 + Self.period }
  }

  /// The summaries of the periods that are over. Each is told once, and the place may write again.
  mutating func due(now: SuspendingClock.Instant) -> [Summary] {
    take { now >= $0.begin + Self.period }
  }

  /// The summaries of everything held back, whether its period is over or not: the log is about to end.
  mutating func all() -> [Summary] {
    take { _ in true }
  }

  private mutating func take(_ isDue: (Account) -> Bool) -> [Summary] {
    var summaries: [Summary] = []
    for (origin, account) in accounts where account.heldBack > 0 && isDue(account) {
      summaries.append(Summary(origin: origin, count: account.heldBack, period: Self.period))
      accounts[origin] = nil
    }
    return summaries.sorted { ($0.origin.file, $0.origin.line) < ($1.origin.file, $1.origin.line) }
  }
}
