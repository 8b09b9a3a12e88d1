# fails: owner-7 deadlock
# A dict equals every dict with the same contents: who gives up takes away the request of another who asked for the same.
import threading


class Owner:
    def __init__(self):
        self.changed = threading.Condition()
        self.requests = []
        self.closed = False
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.closed or self.requests)
                if self.closed:
                    return
                request = self.requests.pop(0)
                request["state"] = "running"
            try:
                outcome = ("result", request["fn"](*request["args"]))
            except BaseException as error:
                outcome = ("error", error)
            with self.changed:
                request["outcome"] = outcome
                request["state"] = "done"
                self.changed.notify_all()

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        request = {"fn": fn, "args": args, "state": "waiting"}
        with self.changed:
            if self.closed:
                raise Closed
            self.requests.append(request)
            self.changed.notify_all()
            in_time = self.changed.wait_for(
                lambda: request["state"] == "done" or self.closed and request["state"] == "waiting", timeout
            )
            if not in_time:
                if request in self.requests:
                    self.requests.remove(request)
                raise TimeoutError
            if request["state"] == "waiting":
                raise Closed
        kind, value = request["outcome"]
        if kind == "error":
            raise value
        return value

    def stop(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        self.thread.join()
