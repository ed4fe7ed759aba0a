import Synchronization
import Testing

@testable import pushhubd

@Suite struct LoopLagTests {
  private final class Probe: WatchdogProbe {
    let name = "probe"
    let waiting = Mutex<[@Sendable () -> Void]>([])

    func ping(_ answered: @escaping @Sendable () -> Void) { waiting.withLock { $0.append(answered) } }

    func answer() {
      let waiting = waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      for answered in waiting { answered() }
    }
  }

  private final class Clock: Sendable {
    let now = Atomic<Int64>(1_000)
    func pass(_ nanoseconds: Int64) { now.add(nanoseconds, ordering: .relaxed) }
  }

  @Test func theLongestOfTheLastAnswersCounts() {
    let clock = Clock()
    let lag = LoopLag { clock.now.load(ordering: .relaxed) }
    let probe = Probe()
    lag.watch(probe, as: "shard-0")
    #expect(lag.longest.map(\.nanoseconds) == [0])
    for time in [10, 500, 20] {
      lag.ask()
      clock.pass(Int64(time))
      probe.answer()
    }
    #expect(lag.longest.map(\.nanoseconds) == [500] && lag.longest.map(\.loop) == ["shard-0"])
    for _ in 0..<LoopLag.memory {
      lag.ask()
      clock.pass(30)
      probe.answer()
    }
    #expect(lag.longest.map(\.nanoseconds) == [30])
  }

  @Test func anAnswerThatIsDueCountsAndIsNotAskedForTwice() {
    let clock = Clock()
    let lag = LoopLag { clock.now.load(ordering: .relaxed) }
    let probes = [Probe(), Probe()]
    for probe in probes { lag.watch(probe, as: "loop") }
    lag.ask()
    clock.pass(7)
    probes[1].answer()
    lag.ask()
    clock.pass(5)
    #expect(lag.longest.map(\.nanoseconds) == [12, 7])
    #expect(probes.map { $0.waiting.withLock { $0.count } } == [1, 1])
    probes[0].answer()
    clock.pass(100)
    #expect(lag.longest.map(\.nanoseconds) == [12, 105])
  }
}
