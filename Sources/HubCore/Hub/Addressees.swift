/// A target whose names have been looked up.
enum Addressees {
  case topic(TopicTable.Number)
  /// Users: no connection follows two of them.
  case users([TopicTable.Number])
  /// Named topics, in the order of the event's list; a connection may follow several of them.
  case topics([TopicTable.Number])
  case stream(StreamRef)
}
