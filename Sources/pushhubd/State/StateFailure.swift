/// Why a change could not be kept on disk, and is not in force.
struct StateFailure: Error {
  let reason: String
}
