# fails: stripe_of-3, stripe_of-4
# The remainder by 64 sees only the lowest six bits, which are equal in all multiples of 64.
def stripe_of(key, stripes):
    return hash(key) % stripes
