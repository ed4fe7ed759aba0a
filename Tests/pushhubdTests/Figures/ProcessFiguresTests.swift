import Glibc
import Testing

@testable import pushhubd

struct ProcessFiguresTests {
  @Test func theKernelTellsOfThisProcess() throws {
    let before = try #require(ProcessFigures.read().openDescriptors)
    let descriptors = (0..<50).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    defer { for descriptor in descriptors { close(descriptor) } }
    let figures = ProcessFigures.read()
    // Other tests open and close descriptors at the same time.
    #expect(try #require(figures.openDescriptors) > before)
    #expect(try #require(figures.maxDescriptors) >= 64)
    #expect((1 << 20...1 << 36).contains(try #require(figures.residentBytes)))
    #expect(try #require(figures.virtualBytes) >= figures.residentBytes ?? 0)
    #expect(try #require(figures.cpuTime) >= 0)
    #expect(try #require(figures.threads) >= 1)
  }
}
