import CLinux
import Glibc

/// What the kernel says of this process, under the names that Prometheus' client libraries use. Nil what cannot be read.
struct ProcessFigures: Sendable {
  var residentBytes: Int?
  var virtualBytes: Int?
  /// Milliseconds of user and system time.
  var cpuTime: Int?
  var openDescriptors: Int?
  var maxDescriptors: Int?
  var threads: Int?

  /// Reads `/proc/self` (proc(5)): a few system calls.
  static func read() -> ProcessFigures {
    var figures = ProcessFigures()
    let ticksPerSecond = max(1, sysconf(CInt(_SC_CLK_TCK)))
    // After the name, which may hold anything but ends with the last parenthesis: state is field 3.
    let fields = text("/proc/self/stat").flatMap { $0.split(separator: ")").last }?.split(separator: " ") ?? []
    func field(_ number: Int) -> Int? { fields.count > number - 3 ? Int(fields[number - 3]) : nil }
    if let user = field(14), let system = field(15) { figures.cpuTime = (user + system) * 1000 / ticksPerSecond }
    figures.threads = field(20)
    figures.virtualBytes = field(23)
    figures.residentBytes = field(24).map { $0 * Int(getpagesize()) }
    figures.openDescriptors = openDescriptors
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      figures.maxDescriptors = Int(clamping: limit.rlim_cur)
    }
    return figures
  }

  /// From Linux 6.2 on the directory's size says it; before, its entries are counted.
  private static var openDescriptors: Int? {
    var file = clinux_file()
    if clinux_lstat("/proc/self/fd/", &file) == 0, file.size > 0 { return Int(file.size) }
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count - 3  // `.`, `..` and the directory's own
  }

  private static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
