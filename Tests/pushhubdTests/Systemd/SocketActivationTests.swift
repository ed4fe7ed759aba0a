import Testing

@testable import pushhubd

@Suite struct SocketActivationTests {
  @Test func socketsForAnotherProcessAreTold() throws {
    let text = try #require(SocketActivation.passedToAnother(["LISTEN_FDS": "2", "LISTEN_PID": "41"], pid: 42))
    for part in ["LISTEN_FDS=2", "41", "42"] { #expect(text.contains(part)) }
    #expect(SocketActivation.passedToAnother(["LISTEN_FDS": "1"], pid: 42)?.contains("LISTEN_PID is not set") == true)
  }

  @Test(arguments: [[:], ["LISTEN_FDS": "0"], ["LISTEN_FDS": "2", "LISTEN_PID": "42"], ["LISTEN_PID": "41"]])
  func elseThereIsNothingToTell(environment: [String: String]) {
    #expect(SocketActivation.passedToAnother(environment, pid: 42) == nil)
  }
}
