import Testing

@testable import pushhubd

/// What any text is a value of, is told from YAML's other types by their kind.
struct ValueFormatTests {
  private static let texts = ValueFormat<[String]>(listOf: "texts", isFreeText: true, atMost: 3) { text, _ in
    text
  } finish: {
    $0
  } write: {
    $0
  }

  private static func problem(_ raw: RawValue) -> String? {
    do throws(ValueProblem) {
      _ = try texts.read(raw, .test())
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [
    RawValue.scalar("false", .boolean), .list([.scalar("false", .boolean)]),
    .list([.text("a"), .scalar("false", .boolean)]),
  ])
  func aBooleanIsNoTextOfAList(raw: RawValue) {
    #expect(Self.problem(raw)?.hasPrefix("false is a boolean, and this takes a text: ") == true)
  }

  @Test(arguments: [RawValue.list([.text("false"), .text("42")]), .text("false, 42"), .list([]), .text("")])
  func textsAreTaken(raw: RawValue) {
    #expect(Self.problem(raw) == nil)
  }
}
