"""You are the scheduler: a scenario played by hand in a notebook. Public name: `checker.play`."""
