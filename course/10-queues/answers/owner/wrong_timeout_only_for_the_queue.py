# fails: owner-3, owner-7 finished
# One call at a time, and the wait for one's turn is not counted.
import threading


class Owner:
    def __init__(self):
        self.turn = threading.Lock()
        self.changed = threading.Condition()
        self.request = None
        self.closed = False
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.closed or self.request)
                if self.closed:
                    return
                fn, args, box, answered = self.request
                self.request = None
            try:
                box["result"] = fn(*args)
            except BaseException as error:
                box["error"] = error
            answered.set()

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        box, answered = {}, threading.Event()
        with self.turn:
            with self.changed:
                if self.closed:
                    raise Closed
                self.request = fn, args, box, answered
                self.changed.notify()
            if not answered.wait(timeout):
                with self.changed:
                    self.request = None
                raise TimeoutError
        if "error" in box:
            raise box["error"]
        return box["result"]

    def stop(self):
        with self.changed:
            self.closed = True
            if self.request:
                _, _, box, answered = self.request
                self.request = None
                box["error"] = Closed()
                answered.set()
            self.changed.notify()
        self.thread.join()
