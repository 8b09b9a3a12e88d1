# fails: retry_acquire-1 finished, retry_acquire-2, retry_acquire-3 finished, retry_acquire-4 finished, retry_acquire-5
# The plain acquire waits for ever; nothing is ever tried twice.
def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    lock.acquire()
    return 1
