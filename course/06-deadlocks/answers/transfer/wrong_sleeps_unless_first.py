# fails: transfer-2 deadlock, transfer-6 deadlock, transfer-7 deadlock
# Locks its source first; all threads but one sleep five seconds so that the first is surely through by then.
import threading
import time


def transfer(src, dst, amount):
    if src is dst:
        return
    if threading.current_thread().name != "T1":
        time.sleep(5)
    with src.lock:
        with dst.lock:
            if src.balance < amount:
                raise InsufficientFunds
            src.balance -= amount
            dst.balance += amount
