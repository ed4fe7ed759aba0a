import Glibc

/// The group that a person must join to open a socket.
///
/// It is read from `/etc/group`, not with getgrgid(3): that loads libraries at run time, which the statically linked
/// program cannot.
enum GroupName {
  /// What the units call it; said where the socket itself cannot be looked at.
  static let standard = "pushhub"

  /// The group that the socket is open to, or nil if its mode or its owner leaves no group to join.
  static func mayOpen(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return standard }
    guard status.st_mode & S_IWGRP != 0, status.st_gid != 0 else { return nil }
    let content = (try? InputFile.readAll(.file(path: Array("/etc/group".utf8)))) ?? []
    return name(of: status.st_gid, in: content) ?? String(status.st_gid)
  }

  /// - Parameter content: lines of `name:password:number:members`, group(5).
  static func name(of group: UInt32, in content: [UInt8]) -> String? {
    for line in content.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 3, UInt32(String(decoding: fields[2], as: UTF8.self)) == group else { continue }
      return String(decoding: fields[0], as: UTF8.self)
    }
    return nil
  }
}
