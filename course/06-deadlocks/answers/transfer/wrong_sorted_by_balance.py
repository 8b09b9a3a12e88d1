# fails: transfer-2 deadlock, transfer-6 deadlock
# The balance is no order: it changes, it can be equal, and it is read without the lock.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: account.balance)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
