"""What the operator does next: one module for each job, each a union of steps with `answer` and `view`."""
