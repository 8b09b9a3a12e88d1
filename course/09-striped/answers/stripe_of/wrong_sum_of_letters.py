# fails: stripe_of-3, stripe_of-4
# Anagrams have the same letters, and short texts few different sums.
def stripe_of(key, stripes):
    if isinstance(key, str):
        return sum(map(ord, key)) % stripes
    return hash((key, "stripe")) % stripes
