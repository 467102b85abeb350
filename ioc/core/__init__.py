"""What everything else stands on: time, topics, records, CloudEvents and why a record is refused. No I/O."""
