import Testing

@testable import pushhub_send

@Test func theOptionWinsThenTheVariableThenTheDefaults() throws {
  let environment = ["PUSHHUB_SOCKET": "/v", "XDG_RUNTIME_DIR": "/run/user/1000"]
  let option = try SocketPaths(option: "/o", environment: environment)
  #expect(option.preferred == "/o" && option.fallback == nil)
  let variable = try SocketPaths(option: nil, environment: environment)
  #expect(variable.preferred == "/v" && variable.fallback == nil)
  let perUser = try SocketPaths(option: nil, environment: ["XDG_RUNTIME_DIR": "/run/user/1000"])
  #expect(perUser.preferred == "/run/pushhub/publish.sock")
  #expect(perUser.fallback == "/run/user/1000/pushhub/publish.sock")
  let bare = try SocketPaths(option: nil, environment: [:])
  #expect(bare.preferred == "/run/pushhub/publish.sock" && bare.fallback == nil)
}

@Test func anEmptyVariableCountsAsUnset() throws {
  let paths = try SocketPaths(option: nil, environment: ["PUSHHUB_SOCKET": "", "XDG_RUNTIME_DIR": ""])
  #expect(paths.preferred == SocketPaths.standard && paths.fallback == nil)
}

@Test func aRuntimeDirectoryThatIsNotAbsoluteIsNone() throws {
  #expect(try SocketPaths(option: nil, environment: ["XDG_RUNTIME_DIR": "run/user"]).fallback == nil)
}

@Test func aPathThatNoSocketCanHaveIsUsage() throws {
  let longest = "/" + String(repeating: "p", count: 106)
  #expect(try SocketPaths(option: longest, environment: [:]).preferred == longest)
  let failure = #expect(throws: Failure.self) { try SocketPaths(option: longest + "p", environment: [:]) }
  #expect(failure?.code == .usage)
  #expect(try SocketPaths(option: nil, environment: ["XDG_RUNTIME_DIR": longest]).fallback == nil)
}
