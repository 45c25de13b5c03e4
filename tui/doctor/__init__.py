"""What `dockbell doctor` looks at: one small function for each thing that a terminal needs."""
