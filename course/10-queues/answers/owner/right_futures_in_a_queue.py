import queue
import threading
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLate


class Owner:
    def __init__(self):
        self._queue = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            request = self._queue.get()
            if request is None:
                return
            future, fn, args = request
            with self._lock:
                take = self._open and future.set_running_or_notify_cancel()
                if not self._open:
                    future.cancel()
            if not take:
                continue
            try:
                outcome = fn(*args), None
            except BaseException as error:
                outcome = None, error
            if outcome[1] is not None:
                future.set_exception(outcome[1])
            else:
                future.set_result(outcome[0])

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self._thread:
            return fn(*args)
        future = Future()
        with self._lock:
            if not self._open:
                raise Closed()
            self._queue.put((future, fn, args))
        try:
            error = future.exception(timeout)
        except TooLate:
            future.cancel()
            raise TimeoutError() from None
        except CancelledError:
            raise Closed() from None
        if error is not None:
            raise error
        return future.result()

    def stop(self):
        with self._lock:
            if self._open:
                self._open = False
                self._queue.put(None)
        self._thread.join()
