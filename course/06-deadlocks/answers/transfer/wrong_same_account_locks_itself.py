# fails: transfer-3 deadlock
# From an account to itself: the second acquire waits for the first, which is its own.
def transfer(src, dst, amount):
    first, second = sorted((src, dst), key=lambda account: account.id)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
