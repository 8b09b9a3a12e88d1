# fails: stripe_of-2 finished, stripe_of-3, stripe_of-4
# The address says which object it is; equal keys may be different objects.
def stripe_of(key, stripes):
    return hash((id(key), "stripe")) % stripes
