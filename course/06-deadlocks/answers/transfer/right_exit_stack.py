from contextlib import ExitStack


def transfer(src, dst, amount) -> None:
    if src is dst:
        return None
    low, high = (src, dst) if src.id < dst.id else (dst, src)
    with ExitStack() as locks:
        for account in (low, high):
            locks.enter_context(account.lock)
        if not src.balance >= amount:
            raise InsufficientFunds(f"only {src.balance}")
        src.balance, dst.balance = src.balance - amount, dst.balance + amount
