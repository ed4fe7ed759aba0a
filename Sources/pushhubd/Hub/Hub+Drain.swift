import Dispatch
import Glibc
import HubCore
import HubProtocol

/// How the hub ends, step by step; whoever takes the steps waits between them.
extension Hub {
  /// Nobody is let in any more. What was accepted before is served; what waits in the kernel's queues is left to the next
  /// process, if that has the sockets, too.
  func stopListening(_ listeners: [HTTPListener]) {
    let done = DispatchSemaphore(value: 0)
    for shard in shards { shard.post(.stopListening(done)) }
    for _ in shards { done.wait() }
    for listener in listeners { close(listener.descriptor) }
  }

  /// Ends every stream after what waits for it, and every connection after the request that is under way.
  func finishClients() {
    // A thousand clients a second come back to whoever takes over.
    let spread = min(30_000, max(1000, Int64(manager.counts().connections)))
    for departure in manager.closeAll(reason: .shutdown, spread: spread, now: SystemClock.now()) {
      happened(.streamClosed(departure))
    }
    for shard in shards { shard.post(.finishRequests) }
  }

  var hasClients: Bool { manager.counts().usedPlaces > 0 || places.connections > 0 }

  /// Ends the publishers. Until now they were told to try again; what they have sent is answered yet.
  func finishPublishers() {
    for shard in shards {
      shard.post(.cutRequests)
      shard.post(.finishPublishers)
    }
  }

  /// Ends the shards' threads.
  func stop() {
    for shard in shards { shard.post(.stop) }
  }
}
