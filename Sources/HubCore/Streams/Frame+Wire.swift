extension Frame {
  /// How many bytes of this frame go to a connection.
  @inlinable package func wireSize(isChunked: Bool) -> Int { isChunked ? count : payloadRange.count }

  /// The bytes of this frame that go to a connection.
  @inlinable package func withWireBytes<Result>(isChunked: Bool, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes { body(isChunked ? $0 : UnsafeRawBufferPointer(rebasing: $0[payloadRange])) }
  }
}
