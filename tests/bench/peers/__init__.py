"""Other products at the same records: each in an environment of its own under `.local/bench/`, left out if it fails."""
