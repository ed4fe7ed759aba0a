package import HubProtocol

/// What a client says about where it left off: the header `Last-Event-ID` or its query parameter.
package enum LastEventID: Hashable, Sendable {
  /// Nothing was said.
  case none
  /// `closed`: the hub ended the stream for good, the client must not come back.
  case closed
  /// A position that some hub wrote.
  case position(EventID)
  /// Something that no hub wrote.
  case unknown

  package init(_ text: String?) {
    switch text {
    case nil, "": self = .none
    case "closed": self = .closed
    case let text?: self = EventID(text).map(LastEventID.position) ?? .unknown
    }
  }
}
