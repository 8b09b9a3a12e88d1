# fails: owner-2 raised
# A function may return an exception object; that is not the same as raising it.
import threading
from collections import deque


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
                fn, args, box, answered = self.requests.popleft()
            try:
                box.append(fn(*args))
            except BaseException as error:
                box.append(error)
            answered.set()

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        box, answered = [], threading.Event()
        request = fn, args, box, answered
        with self.changed:
            if self.closed:
                raise Closed
            self.requests.append(request)
            self.changed.notify()
        if not answered.wait(timeout):
            with self.changed:
                if request in self.requests:
                    self.requests.remove(request)
            raise TimeoutError
        if isinstance(box[0], BaseException):
            raise box[0]
        return box[0]

    def stop(self):
        with self.changed:
            self.closed = True
            for _, _, box, answered in self.requests:
                box.append(Closed())
                answered.set()
            self.requests.clear()
            self.changed.notify()
        self.thread.join()
