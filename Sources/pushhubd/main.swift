import Glibc
import Runtime

HubProcess.prepare()
guard let arguments = HubProcess.arguments else {
  Daemon.refuse(["the command line cannot be read: neither from the process nor from /proc/self/cmdline"])
  exit(EX_OSERR)
}
switch Launch.parse(.ofProcess(arguments: arguments), version: Version.current, now: Clock.wall) {
case .answer(let text, let warnings, let exitCode):
  for warning in warnings { StandardError.write("pushhubd: warning: \(warning)") }
  print(text)
  exit(exitCode)
case .failed(let exitCode, let lines):
  Daemon.refuse(lines)
  exit(exitCode)
case .refused(let exitCode, let lines):
  for line in lines { StandardError.write("pushhubd: \(line)") }
  exit(exitCode)
case .run(let loaded, let isDevelopment, let loader):
  exit(Daemon.main(loaded, isDevelopment: isDevelopment, loader: loader))
}
