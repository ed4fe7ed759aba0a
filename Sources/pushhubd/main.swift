import Glibc
import Runtime

HubProcess.prepare()
guard let arguments = HubProcess.arguments else {
  Daemon.refuse(["the command line cannot be read: neither from the process nor from /proc/self/cmdline"])
  exit(EX_OSERR)
}
switch Launch.parse(.ofProcess(arguments: arguments), version: Version.current) {
case .answer(let text, let warnings):
  for warning in warnings { StandardError.write("pushhubd: warning: \(warning)") }
  print(text)
case .failed(let exitCode, let lines):
  Daemon.refuse(lines)
  exit(exitCode)
case .run(let loaded, let isDevelopment, let loader):
  exit(Daemon.main(loaded, isDevelopment: isDevelopment, loader: loader))
}
