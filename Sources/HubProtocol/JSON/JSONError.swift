/// Why bytes are not the JSON that was asked for.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case endsEarly = "it ends too early"
    case byteOrderMark = "it begins with a byte order mark, which must be left out"
    case notAValue = "here a value should stand"
    case notAName = "here a member's name in double quotes should stand"
    case notAnObject = "it should be an object"
    case missingColon = "after a member's name a colon should stand"
    case missingComma = "here a comma or the closing bracket should stand"
    case badNumber = "this is not a JSON number"
    case badEscape = "this is not an escape that JSON knows"
    case rawControl = "a control character in a string must be escaped"
    case badUTF8 = "this is not UTF-8"
    case tooDeep = "arrays and objects are nested too deep"
    case textAfterValue = "nothing may come after the value"
  }

  package let reason: Reason
  /// In bytes, from the first one on.
  package let offset: Int

  package var description: String { "\(reason.rawValue) (at byte \(offset))" }
}
