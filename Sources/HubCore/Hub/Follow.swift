import HubProtocol

/// A named topic that a connection follows, and why.
struct Follow {
  struct Reasons: OptionSet {
    let rawValue: UInt8

    /// Its client asked for it, under a grant of its token.
    static let asked = Reasons(rawValue: 1 << 0)
    /// A publisher gave it to the connection's user.
    static let standing = Reasons(rawValue: 1 << 1)
    /// A publisher gave it to this connection.
    static let given = Reasons(rawValue: 1 << 2)
  }

  let topic: TopicTable.Number
  var reasons: Reasons
}
