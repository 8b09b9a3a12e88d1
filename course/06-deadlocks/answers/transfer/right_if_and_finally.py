def transfer(src, dst, amount):
    if src is dst:
        return
    if src.id < dst.id:
        src.lock.acquire()
        dst.lock.acquire()
    else:
        dst.lock.acquire()
        src.lock.acquire()
    try:
        rest = src.balance - amount
        if rest < 0:
            raise InsufficientFunds
        src.balance = rest
        dst.balance = dst.balance + amount
    finally:
        src.lock.release()
        dst.lock.release()
