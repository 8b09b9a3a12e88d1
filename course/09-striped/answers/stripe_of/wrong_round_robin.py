# fails: stripe_of-1, stripe_of-2, stripe_of-4
# Perfectly even, and another answer every time.
import itertools

turn = itertools.count()


def stripe_of(key, stripes):
    return next(turn) % stripes
