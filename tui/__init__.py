"""What people see and press; also where everything is wired together."""
