import Glibc
import HubCore
import HubProtocol
import Synchronization

/// What publishing from several threads at once gives, as all of them pass the manager's one lock.
enum Contention {
  private static let duration = Duration.milliseconds(500)
  /// How many events a thread publishes between two looks at the clock.
  private static let eventsAtOnce = 64

  static func printTable() {
    print("\n| threads that publish to users of 10000 | events/s | the same, with the parsing of each line |")
    print("| ---: | ---: | ---: |")
    for threads in [1, 2, 4] {
      print("| \(threads) | \(rate(threads, parses: false)) | \(rate(threads, parses: true)) |")
    }
  }

  private static func rate(_ threads: Int, parses: Bool) -> Int {
    let (manager, _) = Samples.hub(connections: 10_000)
    let targets = (0..<10_000).map { Target.user(Samples.user($0)) }
    let published = Atomic(0)
    let elapsed = ContinuousClock().measure {
      let end = ContinuousClock.now + duration
      run(threads) { thread in
        let line = Samples.line.dropLast()
        var count = thread
        while ContinuousClock.now < end {
          for _ in 0..<eventsAtOnce {
            count += 7919
            if parses { use(CommandParser.parse(line.span)) }
            use(manager.publish(Samples.message, to: targets[count % targets.count], now: Samples.moment))
          }
          published.add(eventsAtOnce, ordering: .relaxed)
        }
      }
    }
    return Int(Double(published.load(ordering: .relaxed)) / (elapsed.nanoseconds / 1e9))
  }

  /// Runs the body on so many threads, and waits for all.
  private static func run(_ threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var handles: [pthread_t] = []
    for thread in 0..<threads {
      var handle = pthread_t()
      let work = Unmanaged.passRetained(Work { body(thread) })
      let result = pthread_create(
        &handle, nil,
        { argument in
          if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
          return nil
        }, work.toOpaque())
      precondition(result == 0, "a thread could not be started")
      handles.append(handle)
    }
    for handle in handles { pthread_join(handle, nil) }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
