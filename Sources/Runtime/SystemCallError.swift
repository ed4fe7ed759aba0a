import Glibc

/// A system call that failed.
package struct SystemCallError: Error, CustomStringConvertible {
  package let call: String
  package let number: CInt

  package init(_ call: String, number: CInt = errno) {
    self.call = call
    self.number = number
  }

  package var description: String { "\(call): \(systemError(number))" }
}

/// What strerror(3) says of an error number.
package func systemError(_ number: Int32) -> String {
  guard let text = strerror(number) else {
    return "error \(number)"
  }
  return String(cString: text)
}
