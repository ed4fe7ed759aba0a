/// What a client calls itself (`clientId`, `X-Client-Id`): 1 to 128 bytes without control characters.
package struct ClientID: ExactName {
  package let text: String

  package init?(_ text: String) {
    guard text.isPlainName else { return nil }
    self.text = text
  }
}
