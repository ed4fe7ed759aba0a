import Glibc
import Testing

@testable import pushhubd

@Suite struct ListeningSocketsTests {
  @Test func socketsAreFoundByNameInAnyOrder() throws {
    let publish = PassedSocket(descriptor: 3, name: "publish", form: .listeningUnixStream)
    let first = PassedSocket(descriptor: 4, name: "http", form: .listeningTCP)
    let second = PassedSocket(descriptor: 5, name: "http", form: .listeningTCP)
    let sorted = try ListeningSockets([publish, first, second])
    #expect(sorted.publish == 3)
    #expect(sorted.http == [4, 5])
    let mixed = try ListeningSockets([second, publish, first])
    #expect(mixed.publish == 3)
    #expect(mixed.http == [5, 4])
  }

  @Test func eitherKindMayBeMissing() throws {
    #expect(try ListeningSockets([]) == ListeningSockets())
    let publishOnly = try ListeningSockets([PassedSocket(descriptor: 3, name: "publish", form: .listeningUnixStream)])
    #expect(publishOnly.http.isEmpty)
    let httpOnly = try ListeningSockets([PassedSocket(descriptor: 3, name: "http", form: .listeningTCP)])
    #expect(httpOnly.publish == nil)
  }

  @Test(arguments: [
    ("publish", PassedSocket.Form.listeningTCP), ("publish", .otherSocket), ("publish", .notASocket),
    ("http", .listeningUnixStream), ("http", .otherSocket), ("http", .notASocket),
  ])
  func wrongKindIsRefused(name: String, form: PassedSocket.Form) {
    let socket = PassedSocket(descriptor: 7, name: name, form: form)
    let error = #expect(throws: SocketActivationError.self) { try ListeningSockets([socket]) }
    #expect(error?.description.contains("“\(name)” (descriptor 7)") == true)
    #expect(error?.description.contains(form.description) == true)
  }

  @Test(arguments: ["", "unknown", "pushhubd-http.socket", "HTTP", "publish2"])
  func unknownNameIsRefused(name: String) {
    let socket = PassedSocket(descriptor: 3, name: name, form: .listeningTCP)
    #expect(throws: SocketActivationError.unknownName(socket)) { try ListeningSockets([socket]) }
  }

  @Test func secondPublishSocketIsRefused() {
    let first = PassedSocket(descriptor: 3, name: "publish", form: .listeningUnixStream)
    let second = PassedSocket(descriptor: 4, name: "publish", form: .listeningUnixStream)
    #expect(throws: SocketActivationError.secondPublish(second)) { try ListeningSockets([first, second]) }
  }

  @Test func formIsWhatTheKernelSays() throws {
    let tcp = try boundSocket(AF_INET, SOCK_STREAM)
    defer { close(tcp) }
    #expect(PassedSocket(descriptor: tcp, name: "http").form == .otherSocket)
    #expect(listen(tcp, 1) == 0)
    #expect(PassedSocket(descriptor: tcp, name: "http").form == .listeningTCP)

    let datagrams = try boundSocket(AF_INET, SOCK_DGRAM)
    defer { close(datagrams) }
    #expect(PassedSocket(descriptor: datagrams, name: "http").form == .otherSocket)

    let unix = try boundSocket(AF_UNIX, SOCK_STREAM)
    defer { close(unix) }
    #expect(PassedSocket(descriptor: unix, name: "publish").form == .otherSocket)
    #expect(listen(unix, 1) == 0)
    #expect(PassedSocket(descriptor: unix, name: "publish").form == .listeningUnixStream)

    var pipes: [Int32] = [0, 0]
    #expect(pipe(&pipes) == 0)
    defer {
      close(pipes[0])
      close(pipes[1])
    }
    #expect(PassedSocket(descriptor: pipes[0], name: "http").form == .notASocket)
    #expect(PassedSocket(descriptor: 1_000_000, name: "http").form == .notASocket)
  }

  /// A socket of that family on a free port of loopback, or on an abstract name of the kernel's choice.
  private func boundSocket(_ family: Int32, _ type: __socket_type) throws -> Int32 {
    let descriptor = socket(family, Int32(type.rawValue), 0)
    try #require(descriptor >= 0)
    // The bytes of a sockaddr_in, ip(7): whose module its members belong to depends on what else is imported.
    let address =
      withUnsafeBytes(of: sa_family_t(family)) { Array($0) } + [0, 0, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
    // For AF_UNIX the family alone: the kernel then picks a name (“autobind”, unix(7)).
    let length = family == AF_UNIX ? MemoryLayout<sa_family_t>.size : address.count
    let result = address.withUnsafeBytes { bytes in
      bytes.baseAddress.map { bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(length)) }
    }
    try #require(result == 0)
    return descriptor
  }
}
