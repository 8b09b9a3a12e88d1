# fails: owner-5, owner-6 deadlock, owner-7 deadlock
# Look, then put, without a lock: a request behind the sentinel is never answered, and its caller waits for ever.
import queue
import threading
from concurrent.futures import Future


class Owner:
    def __init__(self):
        self.requests = queue.SimpleQueue()
        self.closed = False
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while (request := self.requests.get()) is not None:
            fn, args, reply = request
            if not reply.set_running_or_notify_cancel():
                continue
            try:
                result = fn(*args)
            except BaseException as error:
                reply.set_exception(error)
            else:
                reply.set_result(result)

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        if self.closed:
            raise Closed
        reply = Future()
        self.requests.put((fn, args, reply))
        answered = threading.Event()
        reply.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout):
            reply.cancel()
            raise TimeoutError
        return reply.result()

    def stop(self):
        self.closed = True
        self.requests.put(None)
        self.thread.join()
