import Glibc

/// Where payloads are read from.
enum InputFile {
  /// The largest payload that is read: far over what a hub takes by default (1 MiB), so that the hub says what is too long.
  static let maxPayloadBytes = 16 << 20
  static let chunkBytes = 64 << 10

  /// - Returns: a descriptor, standard input's or a new one.
  static func open(_ source: InputSource) throws(Failure) -> Int32 {
    guard case .file(let path) = source else { return STDIN_FILENO }
    // The array ends in NUL and lives until the closure returns; UInt8 and CChar have one layout.
    let descriptor = (path + [0]).withUnsafeBytes {
      $0.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { Glibc.open($0, O_RDONLY | O_CLOEXEC) } ?? -1
      }
    }
    guard descriptor >= 0, !path.contains(0) else {
      throw Failure(.noInput, "cannot open \(String(decoding: path, as: UTF8.self)): \(SystemError.text(errno))")
    }
    return descriptor
  }

  /// Everything to the end of the input.
  static func readAll(_ source: InputSource) throws(Failure) -> [UInt8] {
    let descriptor = try open(source)
    var content: [UInt8] = []
    while true {
      let chunk = try read(descriptor)
      guard !chunk.isEmpty else { return content }
      content += chunk
      guard content.count <= maxPayloadBytes else {
        throw Failure(.badData, "too-long: the payload is over \(maxPayloadBytes) bytes")
      }
    }
  }

  /// What is there, as soon as something is; empty at the end of the input.
  static func read(_ descriptor: Int32) throws(Failure) -> [UInt8] {
    while true {
      var error: Int32 = 0
      // Just the bytes that read(2) wrote, at most the buffer's, are counted.
      let bytes = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
        let result = Glibc.read(descriptor, buffer.baseAddress, chunkBytes)
        error = result < 0 ? errno : 0
        count = max(result, 0)
      }
      switch error {
      case 0: return bytes
      case EINTR: continue
      case EAGAIN:
        var descriptors = [Poll.descriptor(descriptor, Poll.readable)]
        _ = try Poll.wait(&descriptors, until: nil)
      case EISDIR: throw Failure(.noInput, "cannot read the payload: \(SystemError.text(error))")
      default: throw Failure(.inputOutput, "cannot read the input: \(SystemError.text(error))")
      }
    }
  }
}
