import Glibc

/// What is known of `pushhubd.service` from outside.
enum InstalledUnit {
  /// What `LoadCredential=` names in the unit of the package.
  static let defaultKeyFile = "/etc/pushhub/jwt-key"

  /// The longest unit with its drop-ins that is read.
  private static let maxBytes = 1 << 20

  /// The file that the unit loads its key from, drop-ins included; the package's own where no unit says so.
  @Sendable static func keyFile() -> String {
    // `systemctl show` cannot print this property.
    guard let pipe = popen("systemctl cat pushhubd.service 2>/dev/null", "r") else { return defaultKeyFile }
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: maxBytes)
    let count = fread(&buffer, 1, buffer.count, pipe)
    return keyFile(inUnit: String(decoding: buffer.prefix(count), as: UTF8.self)) ?? defaultKeyFile
  }

  /// - Parameter text: the unit and behind it its drop-ins, in the order in which they count.
  static func keyFile(inUnit text: String) -> String? {
    let (setting, credential) = ("LoadCredential=", Settings.Auth.credential + ":")
    var path: String?
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(setting) {
      let value = line.dropFirst(setting.count)
      if value.isEmpty { path = nil }  // nothing empties the list
      if value.hasPrefix(credential) { path = String(value.dropFirst(credential.count)) }
    }
    return path
  }
}
