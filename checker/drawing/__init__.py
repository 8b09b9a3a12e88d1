"""How a verdict is drawn: the parts behind `checker.pictures`."""
