import HubCore
import HubProtocol
import Runtime
import Testing

@testable import pushhubd

/// How a hub ends, step by step.
@Suite struct DrainTests {
  private let running: RunningHub
  private var hub: Hub { running.hub }

  init() throws { running = try RunningHub() }

  @Test func streamsAreToldThatTheyMayComeBack() throws {
    let streams = [try running.stream("anna"), try running.stream("bert")]
    hub.startDraining()
    hub.stopListening([running.listener])
    hub.finishClients()
    for stream in streams {
      let end = stream.receive()
      #expect(end.contains(#"event: close"#) && end.contains(#"{"reason":"shutdown","reconnect":true}"#))
      #expect(end.contains("retry: ") && end.hasSuffix("0\r\n\r\n"))
    }
    #expect(running.test.logged(.connectionClosed, field: .reason) == ["shutdown", "shutdown"])
  }

  @Test func whatAPublisherHadSentIsAnsweredAndNothingIsTaken() throws {
    let publisher = try running.publisher()
    try publisher.send("PING\n")
    #expect(publisher.receive(through: "\n") == "OK pong\n")
    hub.startDraining()
    hub.stopListening([running.listener])
    hub.finishClients()
    try publisher.send("PUSH * notice 1\n")
    #expect(publisher.receive(through: "\n").hasPrefix("ERR draining "))
    try publisher.send("PING\n")
    hub.finishPublishers()
    #expect(publisher.receive() == "OK pong\n")
  }

  @Test func aRequestThatWasBegunIsAnswered() throws {
    let (idle, asking) = (try running.client(), try running.client())
    for client in [idle, asking] {
      try client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receive(through: "\r\n\r\nok").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    try asking.send("GET /nothing HTTP/1.1\r\n")
    hub.startDraining()
    hub.stopListening([running.listener])
    hub.finishClients()
    #expect(idle.receive() == "", "it is closed without a word")
    try asking.send("Host: a\r\n\r\n")
    let answer = asking.receive()
    #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n") && answer.contains("Connection: close\r\n"))
  }

  @Test func nobodyIsLetInAnyMore() throws {
    hub.startDraining()
    hub.stopListening([running.listener])
    #expect(throws: SystemCallError.self) { try running.client() }
    #expect(throws: SystemCallError.self) { try running.publisher() }
    #expect(!hub.hasClients)
  }
}
