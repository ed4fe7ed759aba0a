/// Writes bytes one after another into memory whose size is known beforehand.
///
/// Writing beyond its end is an error of the program, and stops it.
///
/// It is public only because the compiler does not inline the members of a `package` type into other modules.
public struct ByteWriter: ~Copyable {
  // Safe: every store is checked against the size, and the writer lives no longer than the closure that lent the memory.
  @usableFromInline let memory: UnsafeMutableRawBufferPointer
  /// Bytes written so far.
  @usableFromInline package internal(set) var count = 0

  @inlinable package init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  @inlinable package mutating func append(_ byte: UInt8) {
    precondition(count < memory.count, "a byte more than was announced")
    memory[count] = byte
    count &+= 1
  }

  @inlinable package mutating func append(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { append($0) }
  }

  @inlinable package mutating func append(_ text: StaticString) {
    // A literal's text lives as long as the program.
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inlinable package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// The bytes are copied before this returns, and no pointer to them is kept.
  @inlinable @inline(__always) package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    claim(bytes.count).copyMemory(from: bytes)
  }

  /// The next so many bytes, which the caller writes at once.
  @inlinable @inline(__always) mutating func claim(_ size: Int) -> UnsafeMutableRawBufferPointer {
    precondition(size <= memory.count &- count, "more bytes than were announced")
    let place = UnsafeMutableRawBufferPointer(rebasing: memory[count..<count &+ size])
    count &+= size
    return place
  }
}

extension String {
  /// A text of at most so many bytes, all ASCII, which the closure writes.
  @inlinable package init(maxSize: Int, _ write: (inout ByteWriter) -> Void) {
    self.init(unsafeUninitializedCapacity: maxSize) { memory in
      // Safe: the memory is the closure's own, and only what the writer has written counts.
      var bytes = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<maxSize]))
      write(&bytes)
      return bytes.count
    }
  }
}

extension [UInt8] {
  /// Appends at most so many bytes, which the closure writes.
  @inlinable package mutating func append(size: Int, _ write: (inout ByteWriter) -> Void) {
    append(addingCapacity: size) { (output: inout OutputSpan<UInt8>) in
      // Safe: the array has made room for `size` bytes, and only what the writer has written counts.
      output.withUnsafeMutableBufferPointer { memory, count in
        var bytes = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[..<size]))
        write(&bytes)
        count = bytes.count
      }
    }
  }
}
