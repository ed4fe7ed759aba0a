/// One event, as a listener reads it: `[@name=value[;…] ]EVENT <id> <target> <type> <JSON>`.
///
/// The id is text here, as in ``ReceivedReply``. Tags that are not known are passed over.
package struct ReceivedEvent: Equatable, Sendable {
  package let id: String
  /// `user:42`, as it is called: nothing in it is `%XX`. No control character is in it, or in the type.
  package let target: String
  package let type: String
  /// Target and type as they stand on the line, each one word.
  package let targetWord: String
  package let typeWord: String
  package let form: Message.Form
  /// JSON as the publisher wrote it; of a text, the JSON string that stands for it.
  package let json: [UInt8]
  /// What the event does to the value of a name; at most one of them.
  package private(set) var replace: String?
  package private(set) var clear: String?

  /// - Parameter line: without its end.
  /// - Returns: nil where it is no event, or not one that a hub writes.
  package init?(_ line: [UInt8]) {
    let line = line.span
    var arguments = LineArguments()
    var tags = 0..<0
    if arguments.beginWith(UInt8(ascii: "@"), in: line), let word = arguments.next(in: line) { tags = word.dropFirst() }
    guard let verb = arguments.next(in: line), line.hasPrefix("EVENT", in: verb), verb.count == 5,
      let id = arguments.next(in: line).flatMap({ line.text(in: $0) }), !id.unicodeScalars.contains(where: \.isControl),
      let target = arguments.next(in: line), let targetName = Self.name(line, in: target),
      let type = arguments.next(in: line), let typeName = Self.name(line, in: type),
      let targetWord = line.text(in: target), let typeWord = line.text(in: type)
    else { return nil }
    let json = arguments.rest(of: line)
    guard !json.isEmpty else { return nil }
    self.id = id
    (self.target, self.targetWord) = (targetName, targetWord)
    (self.type, self.typeWord) = (typeName, typeWord)
    // Copied within the closure; `extracting` checks the range.
    self.json = line.extracting(json).withUnsafeBufferPointer { Array($0) }
    var form = Message.Form.json
    var start = tags.lowerBound
    while start < tags.upperBound {
      let end = line.index(of: UInt8(ascii: ";"), in: start..<tags.upperBound)
      let tag = start..<end
      start = end + 1
      if line.hasPrefix("as=", in: tag) {
        if line.text(in: tag.dropFirst(3)) == "text" { form = .text }
      } else if line.hasPrefix("replace=", in: tag) {
        guard let name = line.extracting(tag.dropFirst(8)).percentDecoded() else { return nil }
        replace = name
      } else if line.hasPrefix("clear=", in: tag) {
        guard let name = line.extracting(tag.dropFirst(6)).percentDecoded() else { return nil }
        clear = name
      }
    }
    self.form = form
    guard line.isUTF8, form == .json || text != nil else { return nil }
  }

  /// Of a text, what it says; nil of JSON.
  package var text: [UInt8]? { form == .text ? Message.text(ofJSON: json) : nil }

  private static func name(_ line: Span<UInt8>, in word: Range<Int>) -> String? {
    let name = line.extracting(word).percentDecoded()
    return name.flatMap { $0.unicodeScalars.contains(where: \.isControl) ? nil : $0 }
  }
}
