# fails: transfer-2 deadlock, transfer-6 deadlock, transfer-7 deadlock
# Each locks its own source first: two opposite transfers wait for each other for ever.
def transfer(src, dst, amount):
    if src is dst:
        return
    with src.lock:
        with dst.lock:
            if src.balance < amount:
                raise InsufficientFunds
            src.balance -= amount
            dst.balance += amount
