# fails: transfer-7 finished
# Releases by hand on two ways out; there is a third, an amount that cannot be compared.
def transfer(src, dst, amount):
    if src is dst:
        return
    lo, hi = sorted([src, dst], key=lambda a: a.id)
    lo.lock.acquire()
    hi.lock.acquire()
    if src.balance < amount:
        lo.lock.release()
        hi.lock.release()
        raise InsufficientFunds
    src.balance -= amount
    dst.balance += amount
    lo.lock.release()
    hi.lock.release()
