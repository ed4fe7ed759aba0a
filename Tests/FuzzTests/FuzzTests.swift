import Foundation
import Testing

/// Some seconds of what `scripts/fuzz` does for minutes: the corpora, and mutations of them by a seed.
@Suite struct FuzzTests {
  /// How many mutations each target has time for.
  static let works: [(name: String, mutations: Int)] = [
    ("line", 6_000), ("request", 800), ("head", 6_000), ("target", 6_000), ("token", 1_000), ("key", 600),
    ("configuration", 600),
  ]

  @Test func everyTargetIsTested() { #expect(Set(Self.works.map(\.name)) == Set(FuzzTargets.all.keys)) }

  @Test(arguments: works)
  func keepsItsPromisesWhateverComes(name: String, mutations: Int) throws {
    let target = try #require(FuzzTargets.all[name])
    let corpus = try Corpus(name)
    #expect(corpus.inputs.count > 5)
    for input in corpus.inputs { try run(target, input, "of the corpus") }
    let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    var mutator = Mutator(corpus.inputs, seed: seed)
    for number in 0..<mutations { try run(target, mutator.next(), "\(number) of seed \(seed)") }
  }

  private func run(_ target: any FuzzTarget, _ input: [UInt8], _ origin: String) throws {
    do { try target.run(input) } catch {
      Issue.record("\(error); input \(origin): \(Data(input).base64EncodedString())")
      throw error
    }
  }
}

/// The committed inputs of a target.
private struct Corpus {
  let inputs: [[UInt8]]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpora/\(name)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    inputs = try files.sorted { $0.path() < $1.path() }.map { Array(try Data(contentsOf: $0)) }
  }
}

/// Changes inputs as fuzzers do: bits, bytes, pieces, and pieces of others.
private struct Mutator {
  private static let interesting: [[UInt8]] = [
    [0], [9], [10], [13], [13, 10], [13, 10, 13, 10], [0x20], [0x22], [0x25], [0x2C], [0x3A], [0x5C], [0x7B], [0x7D],
    [0x7F], [0x80], [0xC0, 0x8A], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0xFF],
    Array("\\ud800".utf8), Array("%00".utf8), Array("18446744073709551616".utf8), Array("-1".utf8), Array("1e999".utf8),
  ]

  private let corpus: [[UInt8]]
  private var random: Generator

  init(_ corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus
    random = Generator(state: seed)
  }

  mutating func next() -> [UInt8] {
    var input = corpus[random.below(corpus.count)]
    for _ in 0...random.below(6) { change(&input) }
    return input
  }

  private mutating func change(_ input: inout [UInt8]) {
    let start = random.below(input.count + 1)
    let end = min(input.count, start + random.below(random.below(16) == 0 ? 4096 : 16))
    switch random.below(7) {
    case 0 where start < input.count: input[start] ^= 1 << UInt8(random.below(8))
    case 1 where start < input.count: input[start] = UInt8(random.below(256))
    case 2: input.removeSubrange(start..<end)
    case 3: input.insert(contentsOf: input[start..<end], at: random.below(input.count + 1))
    case 4:
      let other = corpus[random.below(corpus.count)]
      input.replaceSubrange(start..<end, with: other.dropFirst(random.below(other.count + 1)).prefix(end - start + 16))
    default: input.insert(contentsOf: Self.interesting[random.below(Self.interesting.count)], at: start)
    }
  }

  /// SplitMix64.
  private struct Generator {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, bound)))
    }
  }
}
