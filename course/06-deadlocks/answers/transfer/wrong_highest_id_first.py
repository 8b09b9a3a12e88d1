# fails: transfer-6 deadlock
# A total order, but not the one that everybody else uses: highest id first.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: account.id, reverse=True)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
