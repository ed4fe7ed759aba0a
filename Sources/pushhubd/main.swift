import Glibc

switch Launch.parse(.ofProcess, version: Version.current) {
case .answer(let text):
  print(text)
case .failed(let exitCode, let lines):
  for line in lines { StandardError.write("pushhubd: \(line)") }
  exit(exitCode)
case .run(let loaded, let isDevelopment, let loader):
  exit(await Daemon.main(loaded, isDevelopment: isDevelopment, loader: loader))
}
