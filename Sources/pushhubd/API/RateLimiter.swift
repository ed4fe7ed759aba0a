import HubCore
import HubProtocol

/// How fast each user may send requests: a token bucket each, told by one number (the generic cell rate algorithm).
///
/// Of a user it keeps only when the bucket would be full again. A full bucket is like none, so whoever was not heard
/// of for as long as a bucket takes to fill can be forgotten: two generations of users, of which the older is dropped
/// as a whole. Every operation costs the same, however many users there are.
struct RateLimiter {
  /// The most users of one generation; beyond it the users not heard of for longest get full buckets early.
  static let maxUsers = 50_000
  /// A bucket holds what two seconds bring.
  private static let fillTime: Int64 = 2_000_000

  /// 0 is no limit.
  var requestsPerSecond: Int {
    didSet { if requestsPerSecond != oldValue { (recent, earlier) = ([:], [:]) } }
  }
  /// When a user's bucket is full again, in microseconds.
  private var recent: [UserID: Int64] = [:]
  private var earlier: [UserID: Int64] = [:]
  private var generationEnd: Int64 = 0

  init(requestsPerSecond: Int) { self.requestsPerSecond = requestsPerSecond }

  enum Verdict: Hashable {
    case allowed
    /// Whole seconds, at least one, until the next request will be allowed.
    case refused(retryAfter: Int64)
  }

  /// - Parameter now: milliseconds of the monotonic clock.
  mutating func request(of user: UserID, now milliseconds: Int64) -> Verdict {
    guard requestsPerSecond > 0 else { return .allowed }
    let now = milliseconds * 1000
    startGeneration(now: now)
    let interval = max(1, 1_000_000 / Int64(requestsPerSecond))
    let full = max(now, recent[user] ?? earlier[user] ?? now) + interval
    let excess = full - now - max(Self.fillTime, interval)
    guard excess <= 0 else { return .refused(retryAfter: (excess + 999_999) / 1_000_000) }
    recent[user] = full
    return .allowed
  }

  private mutating func startGeneration(now: Int64) {
    guard now >= generationEnd || recent.count >= Self.maxUsers else { return }
    earlier = now >= generationEnd + Self.fillTime ? [:] : recent
    recent = [:]
    generationEnd = now + Self.fillTime
  }
}
