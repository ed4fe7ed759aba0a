/// The name of a value that later events of the same target replace (`replace`) or take back (`clear`): 1 to 128 bytes.
package struct ValueName: ExactName {
  package let text: String

  package init?(_ text: String) {
    let size = text.utf8.count
    guard size >= 1 && size <= 128 else { return nil }
    self.text = text
  }
}
