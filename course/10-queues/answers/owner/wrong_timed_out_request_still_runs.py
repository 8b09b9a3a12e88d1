# fails: owner-3 finished, owner-7 finished
# The caller has gone, its request has not.
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
            try:
                result = fn(*args)
            except BaseException as error:
                reply.set_exception(error)
            else:
                reply.set_result(result)

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
            raise TimeoutError
        return reply.result()

    def stop(self):
        with self.changed:
            self.closed = True
            refused = list(self.requests)
            self.requests.clear()
            self.changed.notify()
        for _, _, reply in refused:
            reply.set_exception(Closed())
        self.thread.join()
