package import HubProtocol

/// Who published an event, as the kernel or a token says.
package enum PublisherIdentity: Sendable, Hashable {
  /// On the publishers' socket.
  case process(pid: Int32, uid: UInt32)
  /// Over HTTP: the user of the token.
  case user(UserID)
  /// Nobody asked.
  case unknown
}

/// What history keeps of an event beside its bytes and whom it is for.
struct Provenance: Sendable {
  /// Milliseconds of the wall clock.
  let acceptedAt: Int64
  let publisher: PublisherIdentity
  /// To how many connections it was handed when it was published.
  let queued: Int
  /// What the data is.
  let form: Message.Form
  /// Whether the event takes back the value that its frame names.
  let isClearing: Bool

  /// What the publisher's name takes, about.
  var size: Int {
    guard case .user(let user) = publisher else { return 0 }
    return user.text.utf8.count
  }
}
