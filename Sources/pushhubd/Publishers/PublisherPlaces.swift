import Synchronization

/// The places of the publishers of all shards: so many in all, and so many of one user of the system (uid).
///
/// Where none is left, the publisher that has been silent for longest gives way, if it has been silent for a while: a
/// program that forgets its connections, or holds as many as it can, shuts nobody out for good; and who is at work, or
/// has only just come, is not disturbed by others that come.
final class PublisherPlaces: Sendable {
  /// One publisher's.
  final class Place: Sendable {
    /// Names it among all there ever were.
    let number: UInt64
    let uid: UInt32
    /// The index of the shard that serves it.
    let shard: Int
    private let lastHeard: Atomic<Int64>
    private let listening = Atomic(false)

    fileprivate init(number: UInt64, uid: UInt32, shard: Int, now: Int64) {
      self.number = number
      self.uid = uid
      self.shard = shard
      lastHeard = Atomic(now)
    }

    /// Something was received from it; `now` is monotonic.
    func heard(now: Int64) { lastHeard.store(now, ordering: .relaxed) }

    /// Whether its publisher waits for what the hub has to tell, which is no silence.
    var isListening: Bool {
      get { listening.load(ordering: .relaxed) }
      set { listening.store(newValue, ordering: .relaxed) }
    }

    fileprivate var heardAt: Int64 { lastHeard.load(ordering: .relaxed) }
  }

  enum Admission {
    case admitted(Place)
    /// The second one's publisher has to go.
    case instead(Place, of: Place)
    /// With what the publisher is told.
    case refused(String)
  }

  /// Who was heard of less than so many milliseconds ago does not give way.
  static let minSilence: Int64 = 5_000

  private struct State {
    var places: [UInt64: Place] = [:]
    var countByUser: [UInt32: Int] = [:]
    var next: UInt64 = 0
  }

  private let settings: Settings.Publish
  private let shardCount: Int
  private let state = Mutex(State())

  init(_ settings: Settings.Publish, shardCount: Int) {
    self.settings = settings
    self.shardCount = shardCount
  }

  var count: Int { state.withLock { $0.places.count } }

  /// A place for one more publisher of a user; `now` is monotonic.
  func admit(uid: UInt32, now: Int64) -> Admission {
    state.withLock { state in
      let isUserFull = state.countByUser[uid, default: 0] >= settings.maxPublishersPerUser
      guard isUserFull || state.places.count >= settings.maxPublishers else {
        return .admitted(take(uid, now, in: &state))
      }
      let candidates = state.places.values.lazy.filter { !$0.isListening && (!isUserFull || $0.uid == uid) }
      guard let silent = candidates.min(by: { $0.heardAt < $1.heardAt }), now - silent.heardAt >= Self.minSilence else {
        return .refused(
          isUserFull
            ? "\(settings.maxPublishersPerUser) publishers of uid \(uid) are connected, as many as allowed"
            : "\(settings.maxPublishers) publishers are connected, as many as allowed")
      }
      remove(silent, in: &state)
      return .instead(take(uid, now, in: &state), of: silent)
    }
  }

  /// The publisher has gone; nothing happens where its place has been given to another.
  func release(_ place: Place) {
    state.withLock { remove(place, in: &$0) }
  }

  private func take(_ uid: UInt32, _ now: Int64, in state: inout State) -> Place {
    let place = Place(number: state.next, uid: uid, shard: Int(state.next % UInt64(shardCount)), now: now)
    state.next += 1
    state.places[place.number] = place
    state.countByUser[uid, default: 0] += 1
    return place
  }

  private func remove(_ place: Place, in state: inout State) {
    guard state.places.removeValue(forKey: place.number) != nil else { return }
    let rest = state.countByUser[place.uid, default: 1] - 1
    state.countByUser[place.uid] = rest > 0 ? rest : nil
  }
}
