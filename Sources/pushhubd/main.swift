import Glibc

switch Launch.parse(.ofProcess, version: Version.current) {
case .answer(let text):
  print(text)
case .failed(let exitCode, let lines):
  Daemon.refuse(lines)
  exit(exitCode)
case .run(let loaded, let isDevelopment, let loader):
  exit(await Daemon.main(loaded, isDevelopment: isDevelopment, loader: loader))
}
