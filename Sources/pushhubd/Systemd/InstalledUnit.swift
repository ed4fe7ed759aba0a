import Glibc
import HubProtocol

/// What is known of `pushhubd.service` from outside.
enum InstalledUnit {
  /// What `LoadCredential=` names in the unit of the package.
  static let defaultKeyFile = "/etc/pushhub/jwt-key"

  /// The file that the unit loads its key from, drop-ins included; the package's own where no unit says so.
  @Sendable static func keyFile() -> String {
    guard let pipe = popen("systemctl show --property=LoadCredential --value pushhubd.service 2>/dev/null", "r") else {
      return defaultKeyFile
    }
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&buffer, 1, buffer.count, pipe)
    return keyFile(inProperty: String(decoding: buffer.prefix(count), as: UTF8.self)) ?? defaultKeyFile
  }

  /// - Parameter property: `ID:PATH` for each credential, with white space between them.
  static func keyFile(inProperty property: String) -> String? {
    let prefix = Settings.Auth.credential + ":"
    let credential = property.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(prefix) }
    return credential.map { String($0.dropFirst(prefix.count)) }
  }
}
