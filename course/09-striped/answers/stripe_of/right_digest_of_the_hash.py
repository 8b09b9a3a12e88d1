import hashlib


def stripe_of(key, stripes: int) -> int:
    digest = hashlib.blake2b(str(hash(key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % stripes
