import Testing

@testable import pushhubd

struct InstalledUnitTests {
  private static let unit = """
    # /lib/systemd/system/pushhubd.service
    [Service]
    ExecStart=/usr/bin/pushhubd
    LoadCredential=jwt-key:/etc/pushhub/jwt-key
    SetCredential=jwt-key:missing

    """

  @Test(
    arguments: [
      ("", "/etc/pushhub/jwt-key"),
      ("# /etc/systemd/system/pushhubd.service.d/key.conf\nLoadCredential=\nLoadCredential=jwt-key:/x y/z\n", "/x y/z"),
      ("LoadCredential=jwt-key:/later\n", "/later"), ("LoadCredential=other:/x\n", "/etc/pushhub/jwt-key"),
      ("LoadCredential=\n", nil), ("LoadCredential=\nLoadCredentialEncrypted=jwt-key:/x\n", nil),
    ] as [(String, String?)])
  func theKeyIsTheCredentialThatTheLastDropInLoads(dropIn: String, path: String?) {
    #expect(InstalledUnit.keyFile(inUnit: Self.unit + dropIn) == path)
  }

  @Test func whereThereIsNoUnitNothingIsLoaded() {
    #expect(InstalledUnit.keyFile(inUnit: "") == nil)
  }
}
