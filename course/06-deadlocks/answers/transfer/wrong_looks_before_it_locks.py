# fails: transfer-4 finished, transfer-6 raised
# Looks at the balance before it has the lock: two transfers both find enough.
def transfer(src, dst, amount):
    if src is dst:
        return
    if src.balance < amount:
        raise InsufficientFunds
    first, second = sorted((src, dst), key=lambda account: account.id)
    with first.lock, second.lock:
        src.balance -= amount
        dst.balance += amount
