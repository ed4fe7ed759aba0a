import Glibc
import Logging
import Testing

@testable import pushhubd

/// The tests of this suite set `$NOTIFY_SOCKET`, which the whole process shares: one at a time.
@Suite(.serialized) struct ServiceNotifierTests {
  @Test func withoutServiceManagerNothingIsSent() {
    unsetenv("NOTIFY_SOCKET")
    let notifier = ServiceNotifier()
    #expect(!notifier.isActive)
    notifier.send(.ready)
    #expect(notifier.watchdogTimeout == nil)
  }

  @Test func messagesOfOneCallArriveTogether() throws {
    let manager = try ServiceManagerDouble()
    let notifier = ServiceNotifier()
    #expect(notifier.isActive)
    notifier.send(.ready, .status("ready"))
    #expect(manager.receive() == "READY=1\nSTATUS=ready")
    notifier.failed("cannot listen on 127.0.0.1:80", errno: EACCES)
    #expect(manager.receive() == "STATUS=cannot listen on 127.0.0.1:80\nERRNO=13")
    notifier.failed("no key")
    #expect(manager.receive() == "STATUS=no key")
  }

  @Test func nobodyWaitsForASystemdThatDoesNotRead() throws {
    let manager = try ServiceManagerDouble()
    let notifier = ServiceNotifier()
    // The socket holds no more, so that all stays in the queue, which holds fewer.
    let filled = try manager.fill()
    for number in 0..<3000 { notifier.send(.reloading(monotonicMicroseconds: UInt64(number))) }
    for number in 0..<100 { notifier.send(.watchdog, .status("\(number)")) }
    #expect(!notifier.flush(within: .milliseconds(10)))
    for _ in 0..<filled { #expect(manager.receive() == "FILLED") }
    #expect(manager.receive() == "RELOADING=1\nMONOTONIC_USEC=0")
    while let message = manager.receive(within: 300) { #expect(message.hasPrefix("RELOADING=1")) }
    // When it reads again, it hears what is new.
    notifier.send(.ready)
    #expect(manager.receive() == "READY=1")
    #expect(notifier.flush(within: .seconds(5)))
  }

  @Test func whatStillWaitsGivesWayToANewerMessageOfItsKind() throws {
    let manager = try ServiceManagerDouble()
    let notifier = ServiceNotifier()
    for number in 0..<2000 {
      notifier.send(.watchdog)
      notifier.send(.status("\(number)"))
    }
    notifier.send(.stopping)
    var received: [String] = []
    while let message = manager.receive(within: 300) { received.append(message) }
    #expect(received.suffix(2) == ["STATUS=1999", "STOPPING=1"])
  }

  @Test func reloadCarriesTheMonotonicTime() throws {
    let manager = try ServiceManagerDouble()
    let before = monotonicMicroseconds()
    ServiceNotifier().reloading()
    let after = monotonicMicroseconds()
    let lines = try #require(manager.receive()).split(separator: "\n")
    #expect(lines.first == "RELOADING=1")
    let time = try #require(lines.last?.split(separator: "=").last.flatMap { UInt64($0) })
    #expect((before...after).contains(time))
  }

  @Test func supervisorFeedsTheWatchdogWhileEveryShardAnswers() throws {
    let manager = try ServiceManagerDouble()
    setenv("WATCHDOG_USEC", "100000", 1)
    setenv("WATCHDOG_PID", "\(getpid())", 1)
    defer {
      unsetenv("WATCHDOG_USEC")
      unsetenv("WATCHDOG_PID")
    }
    let hub = TestHub(shards: 2)
    let loops = try AnsweringShards(hub.hub.shards)
    defer { loops.stop() }
    let supervisor = ServiceSupervisor(hub.hub)
    defer { supervisor.stop() }
    try supervisor.start()
    // The status once, at some time of the first heartbeats.
    let first = (0..<3).map { _ in manager.receive() ?? "nothing" }
    #expect(first.sorted() == ["STATUS=0 connections, 0 users, 0 events/s", "WATCHDOG=1", "WATCHDOG=1"])
    for _ in 0..<3 {
      #expect(manager.receive() == "WATCHDOG=1")
    }

    loops.hold()
    while let message = manager.receive(within: 300) {
      #expect(message == "WATCHDOG=1")
    }
    // It answers after all: the heartbeat comes at once, and the others follow.
    loops.release()
    #expect(manager.receive() == "WATCHDOG=1")
    #expect(manager.receive() == "WATCHDOG=1")
  }

  private func monotonicMicroseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}
