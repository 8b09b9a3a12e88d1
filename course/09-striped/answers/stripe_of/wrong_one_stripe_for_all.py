# fails: stripe_of-3, stripe_of-4
# In range, stable, equal for equal keys, and useless.
def stripe_of(key, stripes):
    return 0
