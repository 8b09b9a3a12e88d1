# fails: stripe_of-1
# The stripes are numbered from 0 to stripes - 1.
def stripe_of(key, stripes):
    return hash((key, "stripe")) % stripes + 1
