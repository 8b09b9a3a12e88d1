# fails: transfer-6 raised
# Refuses by a look without the lock, while somebody who holds it is in the middle of a change.
def transfer(src, dst, amount):
    if src is dst:
        return
    if src.balance < amount:
        raise InsufficientFunds
    first, second = sorted((src, dst), key=lambda account: account.id)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
