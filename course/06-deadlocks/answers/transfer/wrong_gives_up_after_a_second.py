# fails: transfer-2 finished, transfer-6 finished, transfer-7 finished
# Escapes the deadlock by a timeout, and quietly moves nothing.
def transfer(src, dst, amount):
    if src is dst:
        return
    with src.lock:
        if not dst.lock.acquire(timeout=1):
            return
        try:
            if src.balance < amount:
                raise InsufficientFunds
            src.balance -= amount
            dst.balance += amount
        finally:
            dst.lock.release()
