import Glibc
import HubCore
import Synchronization

/// A letter to a shard's thread.
enum ShardLetter: Sendable {
  case instruction(ShardInstruction)
  case attach(CInt, StreamRef)
  case abandon(StreamRef)
  case report([StreamRef], @Sendable ([StreamReport?]) -> Void)
  case limits(StreamTable.Limits)
  case publisher(CInt)
  /// What a publisher asked the shards for, as its reply line.
  case publisherAnswer(UInt64, [UInt8])
  case publisherListener(CInt)
  case stopListening
  case finishPublishers
  case ping(@Sendable () -> Void)
  case stop

  /// About how many bytes the letter keeps alive.
  var size: Int {
    switch self {
    case .instruction(.send(let frame, _)), .instruction(.broadcast(let frame)): frame.count
    default: 0
    }
  }
}

typealias StreamReport = (lastWrite: Int64, eventsSent: UInt64, bytesQueued: Int)

/// One thread with one epoll set, which owns its streams and publishers. This is what others see of it.
final class Shard: StreamShard {
  let poller: Poller
  let mailbox: Mailbox<ShardLetter>
  private let delivered = Atomic<UInt64>(0)

  init() throws(SystemCallError) {
    let poller = try Poller()
    self.poller = poller
    mailbox = Mailbox { poller.wake() }
  }

  func post(_ instruction: ShardInstruction) {
    let letter = ShardLetter.instruction(instruction)
    mailbox.post(letter, size: letter.size)
  }

  func wake() { mailbox.wake() }

  func post(_ letter: ShardLetter) {
    mailbox.post(letter)
    mailbox.wake()
  }

  var isOverloaded: Bool { mailbox.isOverloaded }
  var eventsDelivered: UInt64 { delivered.load(ordering: .relaxed) }

  func addDelivered(_ count: UInt64) { delivered.add(count, ordering: .relaxed) }
}
