import Logging
import Testing

@testable import pushhubd

@Suite struct HubLogHandlerTests {
  private let writer = RecordingWriter()
  private let log: HubLog

  init() throws { log = try HubLog(writer: writer, level: .info) }

  /// An entry of the hub's own goes another way than one with metadata, and comes out the same.
  @Test func bothWaysMakeTheSameEntry() throws {
    let plain = log.logger()
    var provided = log.logger()
    provided.handler.metadataProvider = Logger.MetadataProvider { [:] }
    let line = #line as UInt
    for logger in [plain, provided] {
      logger.record(
        .connectionClosed, "closed\n",
        [.reason: "timeout", .user: "42\n", .client: String(repeating: "c", count: 2000)],
        file: "f", function: "g()", line: line)
    }
    log.end()
    #expect(writer.written.count == 2)
    let (first, last) = (try #require(writer.written.first), try #require(writer.written.last))
    #expect(first == last)
    #expect(first.kind == .connectionClosed && first.message == "closed\\n" && first.line == line)
    #expect(first.values.map(\.field) == [.user, .client, .reason])
  }

  @Test func aLoggersOwnMetadataIsNotLost() throws {
    var logger = log.logger()
    logger[metadataKey: "client"] = "c"
    logger.record(.connectionClosed, "closed", [.user: "42"])
    log.end()
    #expect(try #require(writer.written.first).values.map(\.text) == ["42", "c"])
  }

  @Test func whatIsBelowTheLevelIsNotMade() {
    log.level = .warning
    var isMade = false
    func message() -> Logger.Message {
      isMade = true
      return "m"
    }
    log.logger().record(.connectionOpened, message())
    #expect(!isMade)
    log.logger().record(.slowConsumer, message())
    log.end()
    #expect(isMade && writer.written.map(\.kind) == [.slowConsumer])
  }
}
