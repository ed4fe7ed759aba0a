import Glibc

/// A system call that failed.
struct SystemCallError: Error, CustomStringConvertible {
  let call: String
  let number: CInt

  init(_ call: String, number: CInt = errno) {
    self.call = call
    self.number = number
  }

  var description: String { "\(call): \(String(cString: strerror(number)))" }
}
