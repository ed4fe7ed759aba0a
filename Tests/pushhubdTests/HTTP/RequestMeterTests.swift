import Testing

@testable import pushhubd

struct RequestMeterTests {
  private static func portion(_ meter: inout RequestMeter, _ text: String) -> RequestMeter.Portion {
    Array(text.utf8).withUnsafeBytes { meter.portion(of: $0) }
  }

  private let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func headEndsWithTheEmptyLine() {
    var meter = RequestMeter(maxHeaderBytes: 100)
    #expect(Self.portion(&meter, head + "GET /next") == .feed(head.utf8.count))
  }

  @Test func headEndsThereHoweverItIsSplit() {
    for split in 1..<head.utf8.count {
      var meter = RequestMeter(maxHeaderBytes: 100)
      let (start, rest) = head.cut(at: split)
      #expect(Self.portion(&meter, start) == .feed(split))
      #expect(Self.portion(&meter, rest + "xyz") == .feed(head.utf8.count - split))
    }
  }

  @Test(arguments: [(-1, true), (0, false), (1, false)])
  func headMayBeAsLongAsTheLimit(room: Int, isRefused: Bool) {
    var meter = RequestMeter(maxHeaderBytes: head.utf8.count + room)
    let first = Self.portion(&meter, head)
    guard isRefused else {
      #expect(first == .feed(head.utf8.count))
      return
    }
    #expect(first == .feed(head.utf8.count - 1))
    #expect(Self.portion(&meter, "\n") == .refuse(.headerTooLarge))
  }

  @Test func longRequestLineIsToldFromLongFields() {
    var meter = RequestMeter(maxHeaderBytes: 10)
    #expect(Self.portion(&meter, "\r\nGET /aaaaaaaa") == .feed(10))
    #expect(Self.portion(&meter, "a") == .refuse(.targetTooLong))
    meter = RequestMeter(maxHeaderBytes: 10)
    #expect(Self.portion(&meter, "GET / H\r\naaaaa") == .feed(10))
    #expect(Self.portion(&meter, "a") == .refuse(.headerTooLarge))
  }

  @Test func contentOfKnownLengthIsNotExceeded() {
    var meter = RequestMeter(maxHeaderBytes: 100)
    #expect(Self.portion(&meter, head) == .feed(head.utf8.count))
    meter.headEnded(content: .length(5))
    #expect(Self.portion(&meter, "abc") == .feed(3))
    #expect(Self.portion(&meter, "deGET") == .feed(2))
    meter.requestEnded()
    #expect(meter.isIdle)
    #expect(Self.portion(&meter, "GET") == .feed(3))
    #expect(!meter.isIdle)
  }

  @Test func chunksThatCarryNothingAreCutOff() {
    var meter = RequestMeter(maxHeaderBytes: 100)
    meter.headEnded(content: .chunked)
    let kilobyte = String(repeating: "x", count: 1024)
    for _ in 0..<17 { #expect(Self.portion(&meter, kilobyte) == .feed(1024)) }
    #expect(Self.portion(&meter, kilobyte) == .refuse(.overheadTooLarge))
    meter.received(contentBytes: 1024)
    #expect(Self.portion(&meter, kilobyte) == .feed(1024))
  }

  @Test func requestsBehindOneAnotherAreMeasuredAlone() {
    var meter = RequestMeter(maxHeaderBytes: head.utf8.count)
    for _ in 0..<3 {
      #expect(Self.portion(&meter, head + head) == .feed(head.utf8.count))
      meter.headEnded(content: .none)
      meter.requestEnded()
    }
  }
}
