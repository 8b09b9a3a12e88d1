# fails: transfer-5 deadlock, transfer-6 deadlock
# One lock for all transfers: customers who have nothing to do with each other wait for each other.
import threading

_everybody = threading.Lock()


def transfer(src, dst, amount):
    if src is dst:
        return
    with _everybody, src.lock, dst.lock:
        if src.balance < amount:
            raise InsufficientFunds
        src.balance -= amount
        dst.balance += amount
