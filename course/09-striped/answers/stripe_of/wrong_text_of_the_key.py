# fails: stripe_of-2, stripe_of-4
# 1, 1.0 and True are one key and three texts.
def stripe_of(key, stripes):
    return hash(str(key)) % stripes
