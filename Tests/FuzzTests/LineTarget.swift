import HubProtocol

@testable import HubCore

/// A publisher's bytes: lines however they are cut, commands, JSON, and the event that comes of it.
struct LineTarget: FuzzTarget {
  private static let maxLineBytes = 1024

  func run(_ input: [UInt8]) throws {
    let lines = split(input, at: input.count)
    let cut = input.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    for place in [0, 1, cut % (input.count + 1)] where place <= input.count {
      try expect(split(input, at: place) == lines, "the lines depend on where the bytes were cut")
      try expect(pull(input, at: place) == lines, "the lines depend on how they are taken")
    }
    for case .complete(let line) in lines {
      try expect(line.count <= Self.maxLineBytes && !line.contains(0x0A), "that is no line")
      try check(CommandParser.parse(line.span))
    }
  }

  private func split(_ input: [UInt8], at place: Int) -> [LineReader.CopiedLine] {
    var reader = LineReader(maxLineBytes: Self.maxLineBytes)
    var lines: [LineReader.CopiedLine] = []
    for part in [input[..<place], input[place...]] {
      reader.append(part.span) { lines.append(LineReader.CopiedLine($0)) }
    }
    return lines
  }

  /// The same, a line at a time.
  private func pull(_ input: [UInt8], at place: Int) -> [LineReader.CopiedLine] {
    var reader = LineReader(maxLineBytes: Self.maxLineBytes)
    var lines: [LineReader.CopiedLine] = []
    for var part in [input[..<place], input[place...]] {
      while let line = reader.next(in: &part) { lines.append(line) }
    }
    return lines
  }

  private func check(_ result: Result<Command, CommandError>) throws {
    switch result {
    case .failure(let error):
      let reply = Reply(error).bytes
      try expect(reply.starts(with: "ERR ".utf8) && reply.last == 0x0A, "an error has another form")
      try expect(reply.dropLast().isOneLine, "a reply is more than one line")
      try expect(reply.count < 512, "a reply repeats much of a line")
    case .success(.push(let target, let message, _)):
      try check(target)
      try check(message, shownAs: target.named.first)
      try checkLine(of: message, to: target)
    case .success(.close(let target, let reason)):
      try check(target)
      try expect((reason?.utf8.count ?? 0) <= maxReasonBytes, "the reason is too long")
      let events = EventStream.events(SystemEvents.close(.disconnected, detail: reason).bytes(as: .plain))
      try expect(events.count == 1 && events[0].type == Array("close".utf8), "a reason makes other events")
      let detail = try JSONObject(events[0].data)["detail"]?.string
      try expect(detail.map { Array($0.utf8) } == reason.map { Array($0.utf8) }, "a reason is changed")
    case .success(.connections(.topic(.user(let user)))):
      try expect(user.text.utf8.isOneLine || hasSeparators(user.text), "bad user")
    case .success(.connections(.topic(.everyone))), .success(.connections(.topics)):
      try expect(false, "more than one is asked for")
    case .success(.subscribe(_, let topics, _)), .success(.unsubscribe(_, let topics)):
      try check(.topics(topics.map(Topic.named)))
    case .success(.listen(let targets, _)):
      try expect(Set(targets).count == targets.count && !targets.isEmpty, "a target is there twice, or none")
      try expect(targets.count <= CommandParser.maxListenTargets, "too many targets")
    case .success(.revoke(_, let before)): try expect(before ?? 0 >= 0, "a time before 1970")
    case .success(.connections), .success(.explain), .success(.stats), .success(.ping), .success(.help),
      .success(.unlisten), .success(.watch), .success(.unwatch), .success(.unrevoke), .success(.block),
      .success(.unblock):
      break
    }
  }

  /// U+2028 and U+2029 are no control characters: an id may have them.
  private func hasSeparators(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value == 0x2028 || $0.value == 0x2029 }
  }

  private func check(_ target: Target) throws {
    guard case .topics(let topics) = target else { return }
    try expect(Set(topics).count == topics.count && !topics.isEmpty, "a name is there twice, or none")
    try expect(topics.allSatisfy { ($0.user == nil) == (topics[0].user == nil) }, "users and topics are mixed")
    for name in topics.compactMap(\.topicName) {
      try expect(!TopicName.isPattern(name.text) && !name.text.hasPrefix(" "), "a pattern is taken for a name")
    }
  }

  /// One message is one event, whose data is JSON equal to what came, or the lines of its text.
  private func check(_ message: Message, shownAs topic: TopicName?) throws {
    let frame = EventEncoder.frame(
      id: EventID(epoch: 7, sequence: 9), type: message.type, topic: topic, data: message.data)
    let payload = frame.bytes(as: .plain)
    let events = EventStream.events(payload)
    try expect(events.count == 1, "one message makes \(events.count) events")
    try expect(events[0].id == Array("7-9".utf8), "the id is changed")
    try expect(events[0].type == Array(message.type.text.utf8), "the type is changed")
    let fields = EventFields(frame)
    try expect(fields.text(fields.type) == message.type.text, "the frame tells another type")
    try expect(fields.text(fields.topic) == topic?.text ?? "", "the frame tells another topic")
    try expect(fields.content == events[0].data, "the frame tells other data")
    switch message.form {
    case .json:
      try expect(JSONScanner.validate(message.data) == nil, "what was taken for JSON is none")
      try expect(JSONScanner.validate(events[0].data) == nil, "the data is no JSON any more")
      try expect(
        events[0].data.filter { !$0.isBlank } == message.data.filter { !$0.isBlank }, "the data is other JSON")
    case .text:
      let text = String(decoding: message.data, as: UTF8.self)
      // A CRLF is one character.
      let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
      try expect(events[0].data == Array(lines.joined(separator: "\n").utf8), "the text is changed")
      try expect(!events[0].data.contains(0), "there is a NUL in the text")
    }
    let head = Array(String(payload.count, radix: 16).utf8) + [0x0D, 0x0A]
    try expect(frame.bytes(as: .chunked) == head + payload + [0x0D, 0x0A], "the frame is not one chunk")
  }
}

extension LineTarget {
  /// What a listener hears of a message is one line of the words that it was made of.
  private func checkLine(of message: Message, to target: Target) throws {
    let frame = EventEncoder.frame(id: EventID(epoch: 7, sequence: 9), type: message.type, data: message.data)
    let shown = target.topics.first.map(Target.topic) ?? target
    let event = HeardEvent(frame, to: shown, form: message.form, isClearing: false)
    var line: [UInt8] = []
    event.append(to: &line)
    let isOneLine = line.dropLast().allSatisfy { $0 >= 0x20 || $0 == 0x09 }
    try expect(line.last == 0x0A && isOneLine, "an event is more than one line")
    var words = line.dropLast().split(separator: 0x20, maxSplits: message.form == .text ? 5 : 4)
    if message.form == .text { try expect(words.removeFirst().elementsEqual("@as=text".utf8), "the text has no tag") }
    try expect(words.count == 5 && words[0].elementsEqual("EVENT".utf8), "an event's line has other words")
    try expect(words[1].elementsEqual("7-9".utf8), "the id is changed")
    let type = Array(words[3]).span.percentDecoded()
    try expect(type.map { Array($0.utf8) } == Array(message.type.text.utf8), "the type is changed")
    let data = Array(words[4])
    try expect(JSONScanner.validate(data.span) == nil, "the data of a line is no JSON")
    let push = Array("PUSH ".utf8 + words[2] + " x 1".utf8)
    try expect(self.target(ofPush: push) == shown, "the target is changed")
  }

  private func target(ofPush line: [UInt8]) -> Target? {
    guard case .success(.push(let target, _, _)) = CommandParser.parse(line.span) else { return nil }
    return target
  }
}

extension Target {
  fileprivate var named: [TopicName] {
    switch self {
    case .topic(let topic): [topic].compactMap(\.topicName)
    case .topics(let topics): topics.compactMap(\.topicName)
    case .connection: []
    }
  }
}

extension UInt8 {
  /// Of JSON.
  fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

/// A plain reader of event streams (WHATWG HTML, section 9.2.6).
enum EventStream {
  struct Event {
    var id: [UInt8] = []
    var type: [UInt8] = []
    var data: [UInt8] = []
  }

  static func events(_ bytes: [UInt8]) -> [Event] {
    var events: [Event] = []
    var event = Event()
    var hasData = false
    for line in lines(bytes) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        guard line.isEmpty else { continue }
        if hasData { events.append(event) }
        (event, hasData) = (Event(), false)
        continue
      }
      var value = line[(colon + 1)...]
      if value.first == 0x20 { value = value.dropFirst() }
      switch String(decoding: line[..<colon], as: UTF8.self) {
      case "id": event.id = Array(value)
      case "event": event.type = Array(value)
      case "data":
        event.data += hasData ? [0x0A] + value : Array(value)
        hasData = true
      default: break
      }
    }
    return events
  }

  /// Each ends in CR LF, LF or CR.
  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = [[]]
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x0D || (byte == 0x0A && previous != 0x0D) {
        lines.append([])
      } else if byte != 0x0A {
        lines[lines.count - 1].append(byte)
      }
      previous = byte
    }
    return lines.dropLast()
  }
}
