package import HubProtocol

/// What the hub knows of a published event that history still holds: the answer of `EXPLAIN`.
package struct EventTrace: Sendable {
  package let id: EventID
  package let type: String
  /// Milliseconds of the wall clock.
  package let acceptedAt: Int64
  /// Until when it is replayed at the longest, by the wall clock; nil for a value that only another event ends.
  package let expiresAt: Int64?
  package let publisher: PublisherIdentity
  /// As the line protocol writes it; of several users the first few.
  package let target: String
  /// How many users or topics the target names; 0 for everyone.
  package let names: Int
  /// What it does to a value.
  package let value: Message.ValueChange?
  /// The size of the event on a stream.
  package let bytes: Int
  /// To how many connections it was handed when it was published.
  package let queued: Int
  /// How many of these took all of it.
  package let written: Int
  /// For how many of these it still waits: in a queue, or in the mailbox of a shard.
  package let waiting: Int
  /// How many of these have gone without it.
  package let dropped: Int
  /// For how many of these a newer value took its place in the queue.
  package let conflated: Int
  /// The first of them that were dropped, and why each did not get it, as far as that was seen.
  package let losses: [Loss]
  /// How many clients got it when they came back.
  package let replayed: Int
}

/// Why an event cannot be explained.
package enum UnknownEvent: Error, Sendable, Hashable {
  case otherEpoch(EventID, hub: UInt64)
  case notYet(newest: EventID)
  case tooOld(floor: EventID)
  case notKept

  /// For a person.
  package var message: String {
    switch self {
    case .otherEpoch(let id, let hub):
      "no event of this run of the hub has an id that begins with \(id.epoch): they begin with \(hub)"
    case .notYet(let newest): "there never was such an event: the newest is \(newest)"
    case .tooOld(let floor): "it is too old, or was never kept: history begins after \(floor)"
    case .notKept:
      "it was not kept: an event for one connection or with ttl=0 is in no history, and a value only until the next"
    }
  }
}

extension EventTrace {
  /// The answer of `EXPLAIN`.
  package var json: [UInt8] {
    JSONText.object { json in
      json.member("id", id.description)
      json.member("type", type)
      json.member("acceptedAt", at: acceptedAt)
      json.member("expiresAt", at: expiresAt)
      json.name("publisher")
      publisher.write(to: &json)
      json.member("target", target)
      if names > 1 { json.member(target.hasPrefix("topics:") ? "topics" : "users", names) }
      switch value {
      case .replace(let name): json.member("replace", name.text)
      case .clear(let name): json.member("clear", name.text)
      case nil: break
      }
      json.member("bytes", bytes)
      json.member("queued", queued)
      json.member("written", written)
      json.member("waiting", waiting)
      json.member("dropped", dropped)
      json.member("conflated", conflated)
      json.name("droppedBy")
      json.array { array in
        for loss in losses {
          array.object {
            $0.member("connectionId", loss.connection)
            $0.member("reason", loss.reason.rawValue)
          }
        }
      }
      json.member("replayed", replayed)
    }
  }
}

extension PublisherIdentity {
  fileprivate func write(to json: inout JSONText) {
    switch self {
    case .process(let pid, let uid):
      json.object {
        $0.member("pid", pid)
        $0.member("uid", uid)
      }
    case .user(let user): json.object { $0.member("user", user.text) }
    case .unknown: json.value(nil)
    }
  }
}
