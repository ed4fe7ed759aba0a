/// A target whose names have been looked up.
enum Addressees {
  case everyone
  case user(UserTable.Number)
  case users([UserTable.Number])
  case stream(StreamRef)
}
