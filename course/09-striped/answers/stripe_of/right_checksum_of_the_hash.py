import zlib


def stripe_of(key, stripes):
    return zlib.crc32(hash(key).to_bytes(8, "little", signed=True)) % stripes
