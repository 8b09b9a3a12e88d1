"""How a failure is told: the parts behind `checker.story` and `checker.pictures`."""
