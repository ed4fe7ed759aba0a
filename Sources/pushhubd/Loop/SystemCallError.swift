import Glibc

/// A system call that failed.
struct SystemCallError: Error, CustomStringConvertible {
  let call: String
  let number: CInt

  init(_ call: String, number: CInt = errno) {
    self.call = call
    self.number = number
  }

  var description: String { "\(call): \(systemError(number))" }
}

/// What strerror(3) says of an error number.
func systemError(_ number: Int32) -> String {
  guard let text = strerror(number) else {
    return "error \(number)"
  }
  return String(cString: text)
}
