def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted([src, dst], key=lambda account: account.id)
    with first.lock:
        with second.lock:
            if amount > src.balance:
                raise InsufficientFunds(src.id)
            src.balance -= amount
            dst.balance += amount
