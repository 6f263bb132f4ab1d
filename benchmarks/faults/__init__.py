"""What goes wrong on purpose: kills, a full disk, cut files, hostile input. `python -m benchmarks.faults --help` says how to run it."""
