# fails: stripe_of-1, stripe_of-3, stripe_of-4
# math.fmod takes the sign of the first number: negative stripes. And a float has no room for all bits of a hash.
import math


def stripe_of(key, stripes):
    return int(math.fmod(hash((key, "stripe")), stripes))
