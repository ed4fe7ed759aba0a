/// An idempotency key of a publisher: 1 to 128 bytes.
package struct IdempotencyKey: ExactName {
  package let text: String

  package init?(_ text: String) {
    let size = text.utf8.count
    guard size >= 1 && size <= 128 else { return nil }
    self.text = text
  }
}
