MASK = (1 << 64) - 1


def stripe_of(key, stripes):
    # the finaliser of splitmix64
    x = hash(key) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return (x ^ (x >> 31)) % stripes
