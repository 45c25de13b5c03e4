"""What people are told of release: who waits in which order, what a run did, what comes next for a line."""
