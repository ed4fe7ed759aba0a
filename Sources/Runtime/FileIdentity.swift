import CLinux

/// Which file a path leads to, so that another one that has taken its place is told from it.
package struct FileIdentity: Sendable, Equatable {
  private let device: UInt64
  private let inode: UInt64

  /// nil where there is none, or none that this process may see.
  package init?(_ path: String) {
    var file = clinux_file()
    guard clinux_lstat(path, &file) == 0 else { return nil }
    (device, inode) = (file.device, file.inode)
  }
}
