def stripe_of(key, stripes):
    return ((hash(key) * 11400714819323198485) & 0xFFFFFFFFFFFFFFFF) * stripes >> 64
