# fails: owner-7 finished
# Raises a new exception of the same type: the cause, the attributes and the traceback of the real one are lost.
import threading
from collections import deque


class Request:
    def __init__(self, fn, args):
        self.fn, self.args = fn, args
        self.state = "waiting"
        self.done = threading.Event()
        self.result = None
        self.error = None

    def run(self):
        try:
            self.result = self.fn(*self.args)
        except BaseException as error:
            self.error = error
        self.done.set()


class Owner:
    def __init__(self):
        self.lock = threading.Lock()
        self.work = threading.Semaphore(0)
        self.waiting = deque()
        self.closed = False
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            self.work.acquire()
            with self.lock:
                if self.closed:
                    return
                request = self.waiting.popleft()
                if request.state != "waiting":
                    continue
                request.state = "taken"
            request.run()

    def call(self, fn, *args, timeout=None):
        if threading.get_ident() == self.thread.ident:
            return fn(*args)
        request = Request(fn, args)
        with self.lock:
            if self.closed:
                raise Closed("stopped")
            self.waiting.append(request)
        self.work.release()
        if not request.done.wait(timeout):
            with self.lock:
                if request.state == "waiting":
                    request.state = "given up"
            raise TimeoutError
        if request.error is not None:
            raise type(request.error)(*request.error.args)
        return request.result

    def stop(self):
        with self.lock:
            self.closed = True
            for request in self.waiting:
                if request.state == "waiting":
                    request.state = "refused"
                    request.error = Closed("stopped")
                    request.done.set()
            self.waiting.clear()
        self.work.release()
        self.thread.join()
