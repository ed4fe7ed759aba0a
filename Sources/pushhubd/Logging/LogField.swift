/// The metadata keys that become fields of their own in the journal. Others are appended to the message.
enum LogField: String, CaseIterable, Comparable, Sendable {
  /// A ``LogEntryKind``.
  case kind
  case user
  case connection
  case client
  /// The id of an event.
  case event
  case reason
  case origin
  /// The user of the token that asked for it.
  case admin
  case publisherPID = "publisher-pid"
  case publisherUID = "publisher-uid"
  case publisherGID = "publisher-gid"

  /// What `journalctl` calls it, so that `journalctl PUSHHUB_USER=42` tells one user's story.
  var journalName: String {
    switch self {
    case .kind: "PUSHHUB_KIND"
    case .user: "PUSHHUB_USER"
    case .connection: "PUSHHUB_CONNECTION"
    case .client: "PUSHHUB_CLIENT"
    case .event: "PUSHHUB_EVENT"
    case .reason: "PUSHHUB_REASON"
    case .origin: "PUSHHUB_ORIGIN"
    case .admin: "PUSHHUB_ADMIN"
    case .publisherPID: "PUSHHUB_PUBLISHER_PID"
    case .publisherUID: "PUSHHUB_PUBLISHER_UID"
    case .publisherGID: "PUSHHUB_PUBLISHER_GID"
    }
  }
  /// By the order of declaration, which is that in which an entry shows them.
  static func < (left: LogField, right: LogField) -> Bool { left.place < right.place }

  private var place: Int {
    switch self {
    case .kind: 0
    case .user: 1
    case .connection: 2
    case .client: 3
    case .event: 4
    case .reason: 5
    case .origin: 6
    case .admin: 7
    case .publisherPID: 8
    case .publisherUID: 9
    case .publisherGID: 10
    }
  }
}
