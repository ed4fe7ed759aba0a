import Synchronization

/// Counts the HTTP connections that are no stream, of all shards.
final class HTTPPlaces: Sendable {
  /// One connection's; given back when nobody holds it any more.
  final class Place: Sendable {
    private let places: HTTPPlaces

    fileprivate init(of places: HTTPPlaces) { self.places = places }

    deinit { places.taken.subtract(1, ordering: .relaxed) }
  }

  private let taken = Atomic(0)
  private let open = Atomic(0)

  /// Nil where as many are taken as may be.
  func take(of limit: Int) -> Place? {
    guard taken.add(1, ordering: .relaxed).newValue <= limit else {
      taken.subtract(1, ordering: .relaxed)
      return nil
    }
    return Place(of: self)
  }

  /// All there are, with those that need no place: they have said nothing yet.
  var connections: Int { open.load(ordering: .relaxed) }

  func connectionOpened() { open.add(1, ordering: .relaxed) }

  func connectionClosed() { open.subtract(1, ordering: .relaxed) }
}
