# fails: stripe_of-4
# Shifting by six mends the multiples of 64 and nothing else.
def stripe_of(key, stripes):
    return (hash(key) >> 6) % stripes
