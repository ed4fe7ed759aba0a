import Testing

@testable import pushhubd

@Suite struct ServiceStatusTests {
  private let start = SuspendingClock.now

  @Test(arguments: [
    (ServiceFigures(connections: 1204, users: 388, eventsPublished: 0), "1,204 connections, 388 users, 0 events/s"),
    (ServiceFigures(connections: 1, users: 1, eventsPublished: 0), "1 connection, 1 user, 0 events/s"),
    (ServiceFigures(connections: 0, users: 0, eventsPublished: 9), "0 connections, 0 users, 0 events/s"),
  ])
  func countsAreReadable(figures: ServiceFigures, line: String) {
    var status = ServiceStatus()
    #expect(status.line(for: figures, now: start) == line)
  }

  @Test func addressesFollowTheCounts() {
    var status = ServiceStatus(addresses: ["http on 127.0.0.1:41234"])
    let figures = ServiceFigures(connections: 2, users: 1, eventsPublished: 0)
    #expect(
      status.line(for: figures, now: start) == "2 connections, 1 user, 0 events/s; http on 127.0.0.1:41234")
  }

  @Test func rateIsThatOfTheTimeSinceTheLastLine() {
    var status = ServiceStatus()
    var figures = ServiceFigures(connections: 0, users: 0, eventsPublished: 1000)
    _ = status.line(for: figures, now: start)
    figures.eventsPublished += 570
    #expect(status.line(for: figures, now: start + .seconds(10)) == "0 connections, 0 users, 57 events/s")
    #expect(status.line(for: figures, now: start + .seconds(20)) == "0 connections, 0 users, 0 events/s")
  }

  @Test func lineIsNotRepeatedNorSentTooSoon() {
    var status = ServiceStatus()
    var figures = ServiceFigures(connections: 1, users: 1, eventsPublished: 0)
    #expect(status.line(for: figures, now: start) != nil)
    #expect(status.line(for: figures, now: start + .seconds(3)) == nil)
    figures.connections = 2
    #expect(status.line(for: figures, now: start + .milliseconds(5999)) == nil)
    #expect(status.line(for: figures, now: start + .seconds(6)) == "2 connections, 1 user, 0 events/s")
  }

  @Test func whatDoesNotWorkIsTold() {
    var status = ServiceStatus(addresses: ["http://127.0.0.1:1"])
    let figures = ServiceFigures(connections: 1, users: 1, eventsPublished: 0, problem: "publishers cannot connect")
    let line = "1 connection, 1 user, 0 events/s; http://127.0.0.1:1; publishers cannot connect"
    #expect(status.line(for: figures, now: start) == line)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (123_456, "123,456"), (1_234_567, "1,234,567"),
    (-1000, "-1,000"),
  ])
  func digitsAreGroupedByThree(number: Int, text: String) {
    #expect(grouped(number) == text)
  }
}
