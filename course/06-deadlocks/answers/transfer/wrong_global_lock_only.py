# fails: transfer-6 finished
# One lock for all transfers, and none of the accounts': whoever holds both accounts' locks is not protected at all.
import threading

_everybody = threading.Lock()


def transfer(src, dst, amount):
    if src is dst:
        return
    with _everybody:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
