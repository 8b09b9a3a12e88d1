"""Measurements on real threads, for lessons: the parts behind `checker.measure`."""
