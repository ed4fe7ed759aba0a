import CDemo

/// The demo page that the hub serves under `--dev`: the files of clients/js/demo, which are part of the program.
enum DemoAssets {
  struct File {
    /// Where it is served.
    let path: String
    let contentType: String
    let body: [UInt8]

    fileprivate init(_ file: cdemo_file) {
      path = String(cString: file.path)
      contentType = String(cString: file.content_type)
      // Constants of the program, of that size.
      body = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
    }
  }

  static let files: [File] = {
    var files: [File] = []
    while let file = cdemo_file(files.count) { files.append(File(file.pointee)) }
    return files
  }()
}
