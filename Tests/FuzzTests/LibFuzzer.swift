/// libFuzzer's program: `fuzz TARGET [libFuzzer's arguments]`; see `scripts/fuzz`.
///
/// Part of the package only where `PUSHHUB_FUZZ` is set: see `Package.swift`.
@main
enum LibFuzzer {
  nonisolated(unsafe) private static var target: any FuzzTarget = LineTarget()  // set once, before the first run

  static func main() {
    guard CommandLine.argc > 1, let target = FuzzTargets.all[CommandLine.arguments[1]] else {
      print("fuzz \(FuzzTargets.all.keys.sorted().joined(separator: "|")) [libFuzzer's arguments]")
      return
    }
    Self.target = target
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    _ = runDriver(&count, &arguments, testOneInput)
  }

  fileprivate static func run(_ input: [UInt8]) {
    do { try target.run(input) } catch { fatalError("\(error)") }
  }
}

/// The name is the one that libFuzzer's library refers to.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  LibFuzzer.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
