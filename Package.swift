// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
  .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
]

let package = Package(
  name: "pushhub",
  products: [
    .executable(name: "pushhubd", targets: ["pushhubd"]),
    .executable(name: "pushhub-send", targets: ["pushhub-send"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CLinux"),
    .target(name: "Runtime", dependencies: ["CLinux"], exclude: ["README.md"], swiftSettings: settings),
    .target(name: "CDemo"),
    .target(name: "HubProtocol", exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "HubCore",
      dependencies: ["HubProtocol", .product(name: "DequeModule", package: "swift-collections")],
      exclude: ["README.md"],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "pushhubd",
      dependencies: [
        "CDemo",
        "CLinux",
        "COpenSSL",
        "CSQLite",
        "CSystemd",
        "HubCore",
        "HubProtocol",
        "Runtime",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["README.md"],
      swiftSettings: settings
    ),
    .executableTarget(name: "pushhub-send", dependencies: ["CLinux", "HubProtocol"], swiftSettings: settings),
    .target(name: "CAllocations", path: "Benchmarks/Allocations"),
    .executableTarget(
      name: "pushhub-bench",
      dependencies: ["CAllocations", "HubCore", "HubProtocol"],
      path: "Benchmarks/Micro",
      swiftSettings: settings
    ),
    .testTarget(name: "HubProtocolTests", dependencies: ["HubProtocol"], swiftSettings: settings),
    .testTarget(name: "HubCoreTests", dependencies: ["HubCore", "HubProtocol"], swiftSettings: settings),
    .testTarget(name: "RuntimeTests", dependencies: ["Runtime"], swiftSettings: settings),
    .testTarget(
      name: "pushhubdTests",
      dependencies: [
        "pushhubd",
        "COpenSSL",
        "HubCore",
        "HubProtocol",
        "Runtime",
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PushhubSendTests", dependencies: ["pushhub-send", "HubProtocol"], swiftSettings: settings),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "HubCore",
        "HubProtocol",
        "Runtime",
        "pushhubd",
        // The other parser that requests are compared with.
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      exclude: ["Corpora", "LibFuzzer.swift"],
      swiftSettings: settings
    ),
  ]
)

// For scripts/fuzz: the hub as a library without its main program, and the fuzz targets as a program of libFuzzer's.
if Context.environment["PUSHHUB_FUZZ"] != nil {
  package.products = []
  package.targets = package.targets.compactMap { target in
    switch target.name {
    case "pushhubd":
      .target(
        name: "pushhubd", dependencies: target.dependencies, exclude: ["README.md", "main.swift"],
        swiftSettings: settings)
    case "FuzzTests":
      .executableTarget(
        name: "fuzz", dependencies: target.dependencies, path: "Tests/FuzzTests",
        exclude: ["Corpora", "FuzzTests.swift"], swiftSettings: settings)
    default: target.type == .test ? nil : target
    }
  }
}
