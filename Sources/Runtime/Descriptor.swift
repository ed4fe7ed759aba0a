import Glibc

/// Owns a file descriptor: closes it at its own end, unless it was given away before.
package struct Descriptor: ~Copyable, Sendable {
  /// -1 where there is none any more.
  package private(set) var number: CInt

  package init(_ number: CInt) { self.number = number }

  /// What a system call returned: a descriptor, or -1 with errno.
  ///
  /// - Parameter call: how the error names it.
  package init(_ result: CInt, of call: @autoclosure () -> String) throws(SystemCallError) {
    guard result >= 0 else { throw SystemCallError(call()) }
    number = result
  }

  deinit { if number >= 0 { close(number) } }

  /// From here on it is whoever calls this that has to close it.
  package mutating func giveAway() -> CInt {
    defer { number = -1 }
    return number
  }
}
