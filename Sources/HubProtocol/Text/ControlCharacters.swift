extension Unicode.Scalar {
  /// C0, DEL or C1.
  package var isControl: Bool { value < 0x20 || (value >= 0x7F && value < 0xA0) }
}
