"""One shift of the Northwind company, played by a scripted scanner."""
