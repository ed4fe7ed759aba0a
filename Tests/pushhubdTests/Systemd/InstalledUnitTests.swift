import Testing

@testable import pushhubd

struct InstalledUnitTests {
  @Test(
    arguments: [
      ("jwt-key:/etc/pushhub/jwt-key\n", "/etc/pushhub/jwt-key"), ("a:/b\njwt-key:/x/y\n", "/x/y"),
      ("a:/b jwt-key:/x", "/x"), ("", nil), ("\n", nil), ("other:/jwt-key:/x", nil),
    ] as [(String, String?)])
  func theKeyIsTheCredentialOfThatName(property: String, path: String?) {
    #expect(InstalledUnit.keyFile(inProperty: property) == path)
  }
}
