import queue
import threading


class Owner:
    def __init__(self):
        self.lock = threading.Lock()
        self.pending = {}
        self.turn = 0
        self.bell = queue.SimpleQueue()
        self.stopped = False
        self.thread = threading.Thread(target=self.loop, name="owner")
        self.thread.start()

    def loop(self):
        while (number := self.bell.get()) is not None:
            with self.lock:
                request = self.pending.pop(number, None)
            if request is None:
                continue
            fn, args, reply = request
            try:
                value = fn(*args)
            except BaseException as error:
                reply.put((False, error))
            else:
                reply.put((True, value))

    def call(self, fn, *args, timeout=None):
        if threading.current_thread() is self.thread:
            return fn(*args)
        reply = queue.SimpleQueue()
        with self.lock:
            if self.stopped:
                raise Closed()
            self.turn += 1
            number = self.turn
            self.pending[number] = fn, args, reply
            self.bell.put(number)
        try:
            fine, value = reply.get(timeout=timeout)
        except queue.Empty:
            with self.lock:
                self.pending.pop(number, None)
            raise TimeoutError from None
        if fine:
            return value
        raise value

    def stop(self):
        with self.lock:
            self.stopped = True
            for _, _, reply in self.pending.values():
                reply.put((False, Closed()))
            self.pending.clear()
            self.bell.put(None)
        self.thread.join()
