import queue
import threading

END = object()


def pipeline(items, fn, workers, maxsize):
    line = queue.Queue(maxsize)
    out = []
    problem = []
    stop = threading.Event()

    def guard(action):
        def guarded():
            try:
                action()
            except BaseException as error:
                problem.append(error)
                stop.set()

        return guarded

    def produce():
        for item in items:
            slot = [None]
            out.append(slot)
            line.put((item, slot))
            if stop.is_set():
                break

    def produce_and_end():
        guard(produce)()
        for _ in range(workers):
            line.put(END)

    def consume():
        while True:
            got = line.get()
            if got is END:
                return
            item, slot = got
            if not stop.is_set():
                guard(lambda: slot.__setitem__(0, fn(item)))()

    threads = [threading.Thread(target=produce_and_end)]
    threads += [threading.Thread(target=consume) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if problem:
        raise problem[0]
    return [slot[0] for slot in out]
