import Testing

@testable import pushhubd

struct PastedTokenTests {
  @Test(
    arguments: [
      ("a.b.c", "a.b.c", nil), ("  a.b.c\r\n", "a.b.c", nil), ("", "", nil), (" \n", "", nil),
      ("Bearer a.b.c", "a.b.c", "“Bearer”"), ("BEARER   a.b.c", "a.b.c", "“Bearer”"), ("Bearer", "Bearer", nil),
      ("authorization: bearer a.b.c", "a.b.c", "“Authorization:” and “Bearer”"),
      ("\"a.b.c\"", "a.b.c", "the \" at both ends"), ("' a.b.c '", "a.b.c", "the ' at both ends"), ("\"", "\"", nil),
      ("'a.b.c", "'a.b.c", nil), ("a b", "a b", nil), ("Bearera.b.c", "Bearera.b.c", nil),
    ] as [(String, String, String?)])
  func whatIsAroundATokenIsLeftOut(text: String, token: String, leftOut: String?) {
    let pasted = PastedToken(text)
    #expect(pasted.token == token && pasted.leftOut == leftOut)
  }
}
