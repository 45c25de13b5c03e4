"""What the product costs, measured against what it cannot cost less than: `python -m benchmarks`."""
