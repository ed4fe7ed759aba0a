/// The user that a token speaks for: 1 to 128 bytes, any characters but control characters.
package struct UserID: ExactName {
  package let text: String

  package init?(_ text: String) {
    guard text.isPlainName else { return nil }
    self.text = text
  }
}
