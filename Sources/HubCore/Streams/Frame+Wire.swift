extension Frame {
  /// How many bytes of this frame go to a connection.
  @inlinable package func wireSize(as form: WireForm) -> Int {
    form == .chunked ? count : payloadRange.count
  }

  /// The bytes of this frame that go to a connection.
  @inlinable package func withWireBytes<Result>(
    as form: WireForm, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    withUnsafeBytes { body(form == .chunked ? $0 : UnsafeRawBufferPointer(rebasing: $0[payloadRange])) }
  }
}
