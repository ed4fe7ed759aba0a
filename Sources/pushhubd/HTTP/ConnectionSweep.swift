import HubCore
import NIOCore

/// The connections of one event loop that are still HTTP's own, and the clock that ends those whose time is up.
///
/// One task looks at all of them now and then, and only while there are any: a connection that becomes a stream at
/// once costs an append and a removal, no timer. A deadline is met with up to `interval` of delay.
///
/// Belongs to its event loop.
final class ConnectionSweep {
  /// After so many publications the shards are woken, whatever else is under way on the loop.
  private static let maxUnseen = 16

  private let eventLoop: any EventLoop
  var interval: TimeAmount
  private var connections: [HTTPConnection] = []
  private var isScheduled = false
  private var whenEmpty: [EventLoopPromise<Void>] = []
  /// Publications that the shards have not been woken for.
  private var unseen = 0

  init(eventLoop: any EventLoop, interval: TimeAmount) {
    self.eventLoop = eventLoop
    self.interval = interval
  }

  var count: Int { connections.count }

  func add(_ connection: HTTPConnection) {
    connection.place = connections.count
    connections.append(connection)
    schedule()
  }

  func remove(_ connection: HTTPConnection) {
    let place = connection.place
    guard connections.indices.contains(place), connections[place] === connection else { return }
    connections.swapAt(place, connections.count - 1)
    connections.removeLast()
    if place < connections.count { connections[place].place = place }
    guard connections.isEmpty else { return }
    for promise in whenEmpty { promise.succeed() }
    whenEmpty = []
  }

  /// Closes what stays idle and the rest after the answer that is due; the promise is for when none is left.
  func quiesce(whenEmpty promise: EventLoopPromise<Void>) {
    whenEmpty.append(promise)
    for connection in connections { connection.quiesce() }
    guard connections.isEmpty else {
      // The next look may be much later.
      eventLoop.assumeIsolated().scheduleTask(in: HTTPConnection.nextRequestTime) { [self] in endOverdue() }
      return
    }
    for promise in whenEmpty { promise.succeed() }
    whenEmpty = []
  }

  func closeAll() {
    for connection in connections { connection.close() }
  }

  /// Something was published: wakes the shards once for all requests that the loop reads together, as each waking costs
  /// a switch of threads.
  func wakeShards(of manager: SSEManager) {
    unseen += 1
    if unseen == Self.maxUnseen {
      unseen = 0
      manager.wakeShards()
    } else if unseen == 1 {
      eventLoop.assumeIsolated().execute { [self] in
        guard unseen > 0 else { return }
        unseen = 0
        manager.wakeShards()
      }
    }
  }

  private func schedule() {
    guard !isScheduled, !connections.isEmpty else { return }
    isScheduled = true
    eventLoop.assumeIsolated().scheduleTask(in: interval) { [self] in
      isScheduled = false
      endOverdue()
      schedule()
    }
  }

  private func endOverdue() {
    guard let rules = connections.first?.api.hub.httpRules else { return }
    let now = eventLoop.now
    for connection in connections {
      connection.follow(rules)
      if connection.deadline <= now { connection.deadlinePassed() }
    }
  }
}
