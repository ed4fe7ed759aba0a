import Testing

@testable import pushhubd

@Suite struct PublisherPlacesTests {
  private static let silence = PublisherPlaces.minSilence

  private static func places(_ places: Int, perUser: Int) -> PublisherPlaces {
    let settings = Settings.Publish(maxPublishers: places, maxPublishersPerUser: perUser)
    return PublisherPlaces(settings, shardCount: 2)
  }

  private static func admit(_ places: PublisherPlaces, uid: UInt32, now: Int64) throws -> PublisherPlaces.Place {
    guard case .admitted(let place) = places.admit(uid: uid, now: now) else { throw NotAdmitted() }
    return place
  }

  private struct NotAdmitted: Error {}

  @Test func publishersAreSpreadOverTheShards() throws {
    let places = Self.places(4, perUser: 4)
    let shards = try (0..<4).map { _ in try Self.admit(places, uid: 1, now: 0).shard }
    #expect(shards == [0, 1, 0, 1])
    #expect(places.count == 4)
  }

  @Test func whoListensDoesNotGiveWay() throws {
    let places = Self.places(2, perUser: 2)
    let first = try Self.admit(places, uid: 1, now: 0)
    let second = try Self.admit(places, uid: 1, now: 1)
    first.isListening = true
    guard case .instead(let third, let other) = places.admit(uid: 1, now: Self.silence + 1) else { throw NotAdmitted() }
    #expect(other === second)
    third.isListening = true
    guard case .refused = places.admit(uid: 2, now: 10 * Self.silence) else { throw NotAdmitted() }
    first.isListening = false
    guard case .instead(_, let former) = places.admit(uid: 2, now: 10 * Self.silence) else { throw NotAdmitted() }
    #expect(former === first)
  }

  @Test func theOneThatIsSilentForLongestGivesWay() throws {
    let places = Self.places(3, perUser: 3)
    let first = try Self.admit(places, uid: 1, now: 0)
    let second = try Self.admit(places, uid: 2, now: 1)
    _ = try Self.admit(places, uid: 3, now: 2)
    first.heard(now: 3)
    guard case .instead(let place, let other) = places.admit(uid: 4, now: Self.silence + 1) else { throw NotAdmitted() }
    #expect(other === second)
    #expect(place !== other)
    #expect(places.count == 3)
    // Its connection is closed after its place is given away.
    places.release(second)
    #expect(places.count == 3)
  }

  @Test func whoSpokeNotLongAgoStaysAndTheNewcomerIsRefused() throws {
    let places = Self.places(2, perUser: 2)
    let first = try Self.admit(places, uid: 1, now: 0)
    _ = try Self.admit(places, uid: 2, now: 5)
    guard case .refused(let reason) = places.admit(uid: 3, now: Self.silence - 1) else { throw NotAdmitted() }
    #expect(reason == "2 publishers are connected, as many as allowed")
    places.release(first)
    _ = try Self.admit(places, uid: 3, now: Self.silence - 1)
  }

  @Test func aUserWhoseShareIsTakenGivesWayToItselfAlone() throws {
    let places = Self.places(10, perUser: 2)
    let other = try Self.admit(places, uid: 2, now: 0)
    let own = try Self.admit(places, uid: 1, now: 1)
    _ = try Self.admit(places, uid: 1, now: 2)
    guard case .refused(let reason) = places.admit(uid: 1, now: 3) else { throw NotAdmitted() }
    #expect(reason == "2 publishers of uid 1 are connected, as many as allowed")
    guard case .instead(_, let silent) = places.admit(uid: 1, now: Self.silence + 1) else { throw NotAdmitted() }
    #expect(silent === own)
    _ = try Self.admit(places, uid: 2, now: Self.silence + 1)
    places.release(other)
    #expect(places.count == 3)
  }
}
