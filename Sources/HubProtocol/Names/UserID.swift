/// The user that a token speaks for: 1 to 128 bytes, any characters but control characters.
public struct UserID: ExactName {
  public let text: String

  public init?(_ text: String) {
    guard text.isPlainName else { return nil }
    self.text = text
  }
}
