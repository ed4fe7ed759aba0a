import HubProtocol
import Synchronization

/// A published event as those who listen on the socket hear it. It is theirs together.
package final class HeardEvent: Sendable {
  package let frame: Frame
  /// Whom it was for; of several topics, the first that these listeners listen to.
  private let target: Target
  private let form: Message.Form
  /// Whether it takes the value back that its frame names, rather than replacing it.
  private let isClearing: Bool
  private let lineOfAll = AtomicLazyReference<Frame>()

  init(_ frame: Frame, to target: Target, form: Message.Form, isClearing: Bool) {
    self.frame = frame
    self.target = target
    self.form = form
    self.isClearing = isClearing
  }

  /// The line as a frame, to wait in queues; one for all of them.
  package var line: Frame { lineOfAll.load() ?? lineOfAll.storeIfNil(makeLine()) }

  private func makeLine() -> Frame {
    var line: [UInt8] = []
    append(to: &line)
    return Frame(payloadCount: line.count, sequence: frame.sequence, value: frame.value) { $0.append(line.span) }
  }

  /// Appends the line with its end, `[@name=value[;…] ]EVENT <id> <target> <type> <JSON>`: whatever the event holds, it is
  /// one line.
  package func append(to bytes: inout [UInt8]) {
    let fields = EventFields(frame)
    bytes.reserveCapacity(bytes.count + frame.count + 64)
    appendTags(to: &bytes)
    bytes.append("EVENT ")
    fields.append(fields.id, to: &bytes)
    bytes.append(blank)
    bytes.append(targetText)
    bytes.append(blank)
    bytes.append(percentEncoding: fields.text(fields.type), separator: ",")
    bytes.append(blank)
    switch form {
    case .json: fields.appendContent(to: &bytes, lineBreak: blank)
    case .text: bytes.append(jsonString: String(decoding: fields.content, as: UTF8.self))
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private func appendTags(to bytes: inout [UInt8]) {
    let start = bytes.count
    if let value = frame.value {
      bytes.append(isClearing ? "@clear=" : "@replace=")
      bytes.append(percentEncoding: value.name.text, separator: ";")
    }
    if form == .text { bytes.append(bytes.count == start ? "@as=text" : ";as=text") }
    if bytes.count > start { bytes.append(blank) }
  }

  private var targetText: TargetText {
    switch target {
    case .topic(let topic): TargetText(topic)
    case .topics(let topics): TargetText(topics)
    case .connection(let id): .connection(id.description)
    }
  }
}

private let blank = UInt8(ascii: " ")
