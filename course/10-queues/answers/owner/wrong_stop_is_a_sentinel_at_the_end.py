# fails: owner-5 finished
# The requests before the sentinel are worked off, although none was taken up when stop was called.
import queue
import threading
from concurrent.futures import Future


class Owner:
    def __init__(self):
        self.requests = queue.SimpleQueue()
        self.door = threading.Lock()
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
        reply = Future()
        with self.door:
            if self.closed:
                raise Closed
            self.requests.put((fn, args, reply))
        answered = threading.Event()
        reply.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout):
            reply.cancel()
            raise TimeoutError
        return reply.result()

    def stop(self):
        with self.door:
            if not self.closed:
                self.closed = True
                self.requests.put(None)
        self.thread.join()
