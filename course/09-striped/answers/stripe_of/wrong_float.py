# fails: stripe_of-1
# A float is no index of a list.
def stripe_of(key, stripes):
    return float(hash((key, "stripe")) % stripes)
