"""What happens on the floor: the rules, without a screen, a port or a terminal's size."""
