"""A scenario run many times on real threads, in a process that can be killed: the parts behind `stress`."""
