import Glibc
import HubProtocol

extension HubConnection {
  /// Sends one command and waits for its reply.
  ///
  /// It reads while it writes: a hub that is full or stopping says so before it has read what it is sent.
  /// - Parameter command: a whole line.
  /// - Returns: the reply's line without its line break.
  func exchange(_ command: [UInt8], deadline: Deadline, timeout: Timeout) throws(Failure) -> [UInt8] {
    var unsent = command[...]
    var replies = LineReader(maxLineBytes: Self.maxReplyBytes)
    while true {
      var descriptors = [Poll.descriptor(descriptor, Poll.readable | (unsent.isEmpty ? 0 : Poll.writable))]
      guard try Poll.wait(&descriptors, until: deadline) else {
        throw Failure(.tryAgain, "no reply from the hub within \(timeout.description)")
      }
      if descriptors[0].revents & ~Poll.writable != 0 {
        switch receive() {
        case .bytes(let bytes):
          var rest = bytes[...]
          if let line = replies.next(in: &rest) { return try Self.reply(line) }
        case .nothingYet: break
        case .closed: throw Failure(.tryAgain, "the hub closed the connection before it answered")
        }
      }
      if descriptors[0].revents & Poll.writable != 0 {
        // Where the hub takes no more, only what it has answered counts.
        unsent = send(unsent).map { unsent.dropFirst($0) } ?? []
      }
    }
  }

  static func reply(_ line: LineReader.CopiedLine) throws(Failure) -> [UInt8] {
    guard case .complete(let reply) = line else {
      throw Failure(.unavailable, "a reply of the hub is longer than \(maxReplyBytes) bytes")
    }
    return reply
  }
}
