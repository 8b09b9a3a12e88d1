# fails: transfer-6 deadlock
# Orders the ids as text: "10" comes before "9", and the other code has it the other way round.
def transfer(src, dst, amount):
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: str(account.id))
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
