import Dispatch
import Synchronization

/// One thread for what takes too long for a loop: jobs one after another, in their order.
///
/// Who runs a job waits for its answer before the next: so many wait at most as there are HTTP connections.
package final class BackgroundThread: Sendable {
  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let wakeUp = DispatchSemaphore(value: 0)

  package init() {}

  /// What comes before is kept.
  package func start() throws(SystemCallError) {
    try LoopThread.start(named: "background") { [self] in
      while true {
        wakeUp.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?()
      }
    }
  }

  package func run(_ job: @escaping @Sendable () -> Void) {
    jobs.withLock { $0.append(job) }
    wakeUp.signal()
  }
}
