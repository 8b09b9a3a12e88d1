# fails: stripe_of-1, stripe_of-2, stripe_of-4
# Spreads well, but nobody finds the key again.
import random


def stripe_of(key, stripes):
    return random.randrange(stripes)
