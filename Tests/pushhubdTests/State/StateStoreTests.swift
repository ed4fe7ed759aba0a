import Foundation
import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct StateStoreTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

  private func grant(_ user: String, _ topic: String, until expiry: Int64? = nil) throws -> StandingTopic {
    StandingTopic(user: try #require(UserID(user)), topic: try #require(TopicName(topic)), expiresAt: expiry)
  }

  private func open() throws -> StateStore { try #require(StateStore.open(inOneOf: [directory]).store) }

  @Test func whatWasWrittenIsThereAgain() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let grants = [
      try grant("42", "a"), try grant("42", "user:43"), try grant("e\u{301}", "a"), try grant("\u{E9}", "a", until: 50),
      try grant("gone", "a", until: 20),
    ]
    try open().add(grants, now: 10)
    try open().add([try grant("42", "a", until: 100)], now: 10)
    try open().remove([try #require(TopicName("user:43"))], from: try #require(UserID("42")))
    let kept = Set(try open().standingTopics(now: 20))
    #expect(kept == [try grant("42", "a", until: 100), grants[2], grants[3]])
  }

  @Test func aFileThatIsNoDatabaseIsPutAside() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/state.sqlite"
    try Data("this is no database, and long enough to be seen as none".utf8).write(to: URL(filePath: path))
    let (store, problem) = StateStore.open(inOneOf: [directory])
    #expect(try #require(store).standingTopics(now: 0) == [])
    #expect(problem?.contains("is damaged") == true)
    #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
  }

  @Test func theFirstDirectoryThatHasAStoreIsTaken() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let other = directory + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try open().add([try grant("42", "a")], now: 10)
    let (store, problem) = StateStore.open(inOneOf: [other, directory])
    #expect(try #require(store).standingTopics(now: 10) == [try grant("42", "a")] && problem == nil)
    #expect(StateStore.open(inOneOf: []).store == nil)
  }

  @Test func aDirectoryThatIsNotThereIsToldOf() {
    let (store, problem) = StateStore.open(inOneOf: [directory + "/none"])
    #expect(store == nil && problem?.contains("state.sqlite") == true)
    try? FileManager.default.removeItem(atPath: directory)
  }
}
