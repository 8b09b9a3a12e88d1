def stripe_of(key, stripes):
    return hash((key, "stripe")) % stripes
