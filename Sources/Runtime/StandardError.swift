import Glibc

/// For what has to be said before there is a log.
package enum StandardError {
  package static func write(_ line: String) {
    let text = line + "\n"
    _ = Glibc.write(STDERR_FILENO, text, text.utf8.count)  // nobody is left to be told of a failure
  }
}
