# fails: stripe_of-3, stripe_of-4
# Multiplying by an odd number does not move anything from the high bits to the low ones.
def stripe_of(key, stripes):
    return (hash(key) * 1_000_003 + 12_345) % stripes
