import CLinux
import Runtime

/// Who is at the other end of a publisher's connection, from the kernel (SO_PEERCRED, unix(7)): nothing that it says of
/// itself.
struct Publisher: Sendable, Hashable {
  let pid: Int32
  let uid: UInt32
  let gid: UInt32
  /// `gid` and the supplementary groups (SO_PEERGROUPS).
  let gids: [UInt32]

  /// The peer of a connected Unix socket.
  init(of descriptor: CInt) throws(SystemCallError) {
    var pid: CInt = 0
    var uid: CUnsignedInt = 0
    var gid: CUnsignedInt = 0
    guard clinux_peer_credentials(descriptor, &pid, &uid, &gid) == 0 else {
      throw SystemCallError("getsockopt SO_PEERCRED")
    }
    self.pid = pid
    self.uid = uid
    self.gid = gid
    gids = [gid] + Self.groups(of: descriptor)
  }

  private static let maxGroups = 256

  /// None where there are more than anybody needs.
  private static func groups(of descriptor: CInt) -> [UInt32] {
    var groups = [CUnsignedInt](repeating: 0, count: maxGroups)
    let count = clinux_peer_groups(descriptor, &groups, CInt(maxGroups))
    return Array(groups.prefix(max(0, Int(count))))
  }
}
