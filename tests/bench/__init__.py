"""Benchmarks, run by hand: `python -m tests.bench.<name>`. Each prints ratios measured in one run on one machine."""
