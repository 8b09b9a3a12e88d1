# fails: owner-2 deadlock
# What is no Exception ends the owner's thread, and its callers wait for ever.
import threading
from collections import deque
from concurrent.futures import Future


class Owner:
    def __init__(self):
        self.requests = deque()
        self.changed = threading.Condition()
        self.closed = False
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.requests or self.closed)
                if self.closed:
                    return
                fn, args, reply = self.requests.popleft()
                if not reply.set_running_or_notify_cancel():
                    continue
            try:
                reply.set_result(fn(*args))
            except Exception as error:
                reply.set_exception(error)

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        reply = Future()
        with self.changed:
            if self.closed:
                raise Closed
            self.requests.append((fn, args, reply))
            self.changed.notify()
        answered = threading.Event()
        reply.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout):
            reply.cancel()
            raise TimeoutError
        return reply.result()

    def stop(self):
        with self.changed:
            self.closed = True
            refused = list(self.requests)
            self.requests.clear()
            self.changed.notify()
        for _, _, reply in refused:
            if reply.set_running_or_notify_cancel():
                reply.set_exception(Closed())
        self.thread.join()
