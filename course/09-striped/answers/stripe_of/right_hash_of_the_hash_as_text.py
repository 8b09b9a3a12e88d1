def stripe_of(key, stripes):
    return hash(str(hash(key))) % stripes
