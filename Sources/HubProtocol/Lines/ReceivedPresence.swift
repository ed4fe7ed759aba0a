/// That a user is there, comes or goes, as a watcher reads it: `PRESENT <user> [<topic>]`, `JOIN …`, `LEAVE …`.
package struct ReceivedPresence: Equatable, Sendable {
  package enum Action: String, Sendable { case present, join, leave }

  /// Whom it is about; where topics are watched, in which of them.
  package struct Place: Hashable, Sendable {
    package let user: UserID
    package let topic: TopicName?
  }

  package let action: Action
  package let place: Place

  /// - Parameter line: without its end.
  /// - Returns: nil where it is something else, or not what a hub writes.
  package init?(_ line: [UInt8]) {
    let line = line.span
    var arguments = LineArguments()
    guard let word = arguments.next(in: line) else { return nil }
    if line.isWord("present", in: word) {
      action = .present
    } else if line.isWord("join", in: word) {
      action = .join
    } else if line.isWord("leave", in: word) {
      action = .leave
    } else {
      return nil
    }
    guard let name = arguments.next(in: line),
      let user = line.extracting(name).percentDecoded().flatMap(UserID.init)
    else { return nil }
    var topic: TopicName?
    if let name = arguments.next(in: line) {
      guard let decoded = line.extracting(name).percentDecoded().flatMap(TopicName.init) else { return nil }
      topic = decoded
    }
    guard arguments.rest(of: line).isEmpty else { return nil }
    place = Place(user: user, topic: topic)
  }
}
