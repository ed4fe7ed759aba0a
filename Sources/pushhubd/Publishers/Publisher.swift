import CLinux

/// Who is at the other end of a publisher's connection, from the kernel (SO_PEERCRED, unix(7)): nothing that it says of
/// itself.
struct Publisher: Sendable, Hashable {
  let pid: Int32
  let uid: UInt32
  let gid: UInt32

  /// The peer of a connected Unix socket.
  init(of descriptor: CInt) throws(SystemCallError) {
    var pid: CInt = 0
    var uid: CUnsignedInt = 0
    var gid: CUnsignedInt = 0
    guard clinux_peer_credentials(descriptor, &pid, &uid, &gid) == 0 else {
      throw SystemCallError("getsockopt SO_PEERCRED")
    }
    self.init(pid: pid, uid: uid, gid: gid)
  }

  init(pid: Int32, uid: UInt32, gid: UInt32) {
    self.pid = pid
    self.uid = uid
    self.gid = gid
  }
}
