# fails: transfer-6 deadlock
# Sorts by `id(account)`, the address: an order, but not that of the others, who go by `account.id`.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=id)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
