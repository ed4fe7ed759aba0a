import HubCore
import HubProtocol
import Testing

@testable import pushhubd

struct TokenMintTests {
  @Test func aMintedTokenIsGoodForItsTime() throws {
    let secret = TokenMint.randomSecret()
    let mint = try TokenMint(secret: secret)
    let authenticator = Authenticator(keys: try KeyFile(contents: secret).keys)
    let user = try #require(UserID("a \"quoted\" é"))
    let token = try #require(mint.token(user: user, scopes: [.publish, .admin], now: 1_000_500, lifetime: 60))
    let principal = try authenticator.authenticate(token, now: 1_059_999)
    #expect(principal == Principal(user: user, scopes: [.publish, .admin], expiresAt: 1_060_000, issuedAt: 1000))
    #expect(authenticator.outcome(token, now: 1_060_000).refusal == .expired)
  }

  @Test func withoutScopesAndLifetimeItGrantsNothingForGood() throws {
    let secret = TokenMint.randomSecret()
    let user = try #require(UserID("1"))
    let token = try #require(TokenMint(secret: secret).token(user: user, scopes: [], now: 0, lifetime: nil))
    let principal = try Authenticator(keys: try KeyFile(contents: secret).keys)
      .authenticate(token, now: .max)
    #expect(principal.scopes == [])
    #expect(principal.expiresAt == nil)
  }

  @Test func aWeakSecretMintsNothing() {
    #expect(throws: KeyFileError.self) { try TokenMint(secret: [UInt8](repeating: 0x73, count: 31)) }
  }

  @Test func twoSecretsDiffer() {
    let secrets = (0..<100).map { _ in TokenMint.randomSecret() }
    #expect(Set(secrets).count == 100)
    #expect(secrets.allSatisfy { $0.count == 43 && Base64URL.decode($0)?.count == 32 })
  }
}
