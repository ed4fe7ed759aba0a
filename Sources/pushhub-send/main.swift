import Glibc

exit(Program.run(Process.arguments, environment: Process.environment).rawValue)
