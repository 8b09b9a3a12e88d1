# fails: transfer-4 finished
# Notices too late that there was not enough: the money is already gone from the source.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: account.id)
    with first.lock, second.lock:
        src.balance -= amount
        if src.balance < 0:
            raise InsufficientFunds
        dst.balance += amount
