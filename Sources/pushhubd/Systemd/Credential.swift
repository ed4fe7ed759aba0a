internal import Glibc

/// Where a secret that systemd hands to the service lies.
///
/// systemd copies the files of `LoadCredential=` into `$CREDENTIALS_DIRECTORY` when the service starts, and not again at a
/// reload. So the unit's `ExecReload=` puts a fresh copy into `$RUNTIME_DIRECTORY`, which a restart empties: where there is
/// one, it is the newer.
enum Credential {
  /// The path of the credential, or nil if the service was given no credentials at all.
  static func path(named name: String, environment: [String: String]) -> String? {
    // Several RuntimeDirectory= come separated by colons, in any order.
    for directory in environment["RUNTIME_DIRECTORY"]?.split(separator: ":") ?? [] {
      let path = "\(directory)/\(name)"
      if access(path, R_OK) == 0 {
        return path
      }
    }
    return environment["CREDENTIALS_DIRECTORY"].map { "\($0)/\(name)" }
  }
}
