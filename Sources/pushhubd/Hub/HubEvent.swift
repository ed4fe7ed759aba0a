import HubCore
import HubProtocol

/// What happened in the hub, as the log, the counters and the tests are told of it: once for each connection, command or
/// request, never for a delivery.
enum HubEvent: Sendable {
  /// Whom a listening socket is for.
  enum Clients: String, Sendable {
    case http = "HTTP connections"
    case publishers
  }

  // Streams
  case streamOpened(ConnectionRequest)
  /// There was no place for the stream, or not for one more of its user's.
  case streamRefused(ConnectionRequest, ProblemCode)
  case streamClosed(Departure)

  // HTTP
  case answered(Status, ProblemCode?)
  case tokenRefused(TokenRefusal.Reason)
  /// A page of an origin that is not allowed asked for something.
  case originRefused(String)

  // Publishers
  case publisherConnected(Publisher)
  /// As many as allowed are connected.
  case publisherRefused(Publisher)
  /// It had to give way to another.
  case publisherGaveWay(Publisher)
  case publisherDisconnected(Publisher)
  /// It listens no longer, as it did not read.
  case listenerTooSlow(Publisher)
  case commandRefused(CommandError, Publisher)
  /// Publishers lost their socket, or have it again.
  case publishSocket(PublishSocketWatch.Finding, path: String)

  /// Rights were taken from a user, or given back; so many streams were closed.
  case revocation(RevocationChange, Revocation, closed: Int)
  /// A change that somebody asked for could not be written to disk.
  case stateNotKept(String)

  // Listening sockets
  /// The system has no descriptor, or no memory, to accept anybody with; with its error number. It is tried again.
  case acceptingFails(Clients, CInt)
  case acceptingWorksAgain(Clients)
  /// Nobody can be accepted any more, for good.
  case listenerFailed(Clients, String)
}
