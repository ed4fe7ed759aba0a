import Glibc
import Testing

@testable import pushhubd

@Suite struct CredentialTests {
  @Test func withoutCredentialsThereIsNoPath() {
    #expect(Credential.path(named: "jwt-key", environment: [:]) == nil)
  }

  @Test func credentialLiesWhereSystemdPutIt() {
    let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/x", "RUNTIME_DIRECTORY": "/nonexistent"]
    #expect(Credential.path(named: "jwt-key", environment: environment) == "/run/credentials/x/jwt-key")
  }

  @Test func copyMadeByAReloadIsTheNewer() throws {
    var template = Array("/tmp/pushhub-credential-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { rmdir(directory) }
    let path = "\(directory)/jwt-key"
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    defer { unlink(path) }
    let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/x", "RUNTIME_DIRECTORY": "/run/other:\(directory)"]
    #expect(Credential.path(named: "jwt-key", environment: environment) == path)
  }
}
