def _locked(accounts, then):
    if not accounts:
        return then()
    with accounts[0].lock:
        return _locked(accounts[1:], then)


def transfer(src, dst, amount):
    def move():
        if src.balance < amount:
            raise InsufficientFunds()
        dst.balance += amount
        src.balance -= amount

    if src is not dst:
        _locked(sorted((src, dst), key=lambda a: a.id), move)
