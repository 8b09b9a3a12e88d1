# fails: transfer-4 finished, transfer-7 finished
# The exception leaves without releasing.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: account.id)
    first.lock.acquire()
    second.lock.acquire()
    if src.balance < amount:
        raise InsufficientFunds
    src.balance -= amount
    dst.balance += amount
    second.lock.release()
    first.lock.release()
