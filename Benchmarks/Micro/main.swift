import Glibc

// pushhub-bench                   all parts, timed: nanoseconds and allocations for each operation
// pushhub-bench NAME…             some of them
// pushhub-bench --count N NAME    exactly N operations of one part, untimed, for a tool that counts instructions
// pushhub-bench --list            their names

let arguments = Array(CommandLine.arguments.dropFirst())

func refuse(_ problem: String) -> Never {
  print("pushhub-bench: \(problem)")
  exit(64)
}

func part(named name: String) -> Part {
  guard let part = Part.all.first(where: { $0.name == name }) else { refuse("no part is called \(name): see --list") }
  return part
}

switch arguments.first {
case "--list":
  for part in Part.all { print(part.name) }
case "--count":
  guard arguments.count == 3, let count = Int(arguments[1]), count > 0 else {
    refuse("--count takes a number and a name")
  }
  part(named: arguments[2]).prepare()(count)
default:
  let parts = arguments.isEmpty ? Part.all : arguments.map(part(named:))
  print("| part | ns | allocations |\n| --- | ---: | ---: |")
  for part in parts { print(Measurement(of: part).row) }
  if arguments.isEmpty { Contention.printTable() }
}
