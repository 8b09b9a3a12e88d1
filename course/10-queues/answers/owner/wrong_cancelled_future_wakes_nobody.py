# fails: owner-5 deadlock, owner-6 deadlock, owner-7 deadlock
# concurrent.futures.wait is not woken by cancel alone: whoever waits there for a cancelled request waits for ever.
import threading
from concurrent.futures import ThreadPoolExecutor, CancelledError, wait


class Owner:
    def __init__(self):
        self._pool = ThreadPoolExecutor(1)
        self._ident = self._pool.submit(threading.get_ident).result()
        self._lock = threading.Lock()
        self._closed = False

    def call(self, fn, *args, timeout=None):
        if threading.get_ident() == self._ident:
            return fn(*args)

        def job():
            with self._lock:
                if self._closed:
                    return ("closed", None)
            try:
                return ("ok", fn(*args))
            except BaseException as e:
                return ("error", e)

        with self._lock:
            if self._closed:
                raise Closed
            future = self._pool.submit(job)
        done, not_done = wait([future], timeout)
        if not_done:
            future.cancel()
            raise TimeoutError
        if future.cancelled():
            raise Closed
        kind, value = future.result()
        if kind == "closed":
            raise Closed
        if kind == "error":
            raise value
        return value

    def stop(self):
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
