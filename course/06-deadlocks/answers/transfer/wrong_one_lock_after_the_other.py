# fails: transfer-6 finished
# Takes the money under one lock and gives it under the other: in between it is nowhere.
def transfer(src, dst, amount):
    if src is dst:
        return
    with src.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
    with dst.lock:
        dst.balance += amount
