enum DemoAssets {
  static let files: [(path: String, contentType: String, body: String)] = []
}
