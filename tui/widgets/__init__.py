"""What more than one screen shares."""
