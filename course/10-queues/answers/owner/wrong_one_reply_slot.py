# fails: owner-1 finished, owner-3 finished, owner-5 finished, owner-7 finished
# One queue for all replies: whoever looks first gets the answer of the other.
import queue
import threading


class Owner:
    def __init__(self):
        self.lock = threading.Lock()
        self.requests = {}
        self.turn = 0
        self.bell = queue.SimpleQueue()
        self.reply = queue.SimpleQueue()
        self.stopped = False
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def loop(self):
        while (number := self.bell.get()) is not None:
            with self.lock:
                request = self.requests.pop(number, None)
            if request is None:
                continue
            fn, args = request
            try:
                self.reply.put((None, fn(*args)))
            except BaseException as error:
                self.reply.put((error, None))

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        with self.lock:
            if self.stopped:
                raise Closed
            self.turn += 1
            number = self.turn
            self.requests[number] = fn, args
            self.bell.put(number)
        try:
            error, value = self.reply.get(timeout=timeout)
        except queue.Empty:
            with self.lock:
                self.requests.pop(number, None)
            raise TimeoutError from None
        if error is not None:
            raise error
        return value

    def stop(self):
        with self.lock:
            self.stopped = True
            for _ in self.requests:
                self.reply.put((Closed(), None))
            self.requests.clear()
            self.bell.put(None)
        self.thread.join()
