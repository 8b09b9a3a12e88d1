import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor


class Owner:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.ident = self.pool.submit(threading.get_ident).result()

    def call(self, fn, *args, timeout=None):
        if threading.get_ident() == self.ident:
            return fn(*args)
        try:
            future = self.pool.submit(fn, *args)
        except RuntimeError:
            raise Closed("stopped") from None
        try:
            return future.result(timeout)
        except CancelledError:
            raise Closed("stopped") from None
        except TimeoutError:
            future.cancel()  # does nothing if it is the function that raised this
            raise

    def stop(self):
        self.pool.shutdown(wait=True, cancel_futures=True)
