from threading import Event, Thread


class Worker(Thread):
    def __init__(self, counter, increments, go):
        super().__init__()
        self.counter, self.increments, self.go = counter, increments, go
        self.error = None

    def run(self):
        self.go.wait()
        try:
            for _ in range(self.increments):
                self.counter.increment()
        except BaseException as error:
            self.error = error


def lost_updates(make_counter, threads, increments):
    counter, go = make_counter(), Event()
    team = [Worker(counter, increments, go) for _ in range(threads)]
    for worker in team:
        worker.start()
    go.set()
    for worker in team:
        worker.join()
    for worker in team:
        if worker.error is not None:
            raise worker.error
    return threads * increments - counter.value
