import queue, threading, time


def pipeline(items, fn, workers, maxsize):
    "feeder in a thread of its own, timeouts and flags"
    q = queue.Queue(maxsize)
    stop = threading.Event()
    fed_all = threading.Event()
    out, problems, lock = [], [], threading.Lock()

    def trouble(e):
        with lock:
            problems.append(e)
        stop.set()

    def feed():
        try:
            for pair in enumerate(items):
                while not stop.is_set():
                    try:
                        q.put(pair, timeout=0.1)
                        break
                    except queue.Full:
                        pass
                if stop.is_set():
                    break
        except BaseException as e:
            trouble(e)
        finally:
            fed_all.set()

    def work():
        while not stop.is_set():
            try:
                i, x = q.get(timeout=0.1)
            except queue.Empty:
                if fed_all.is_set() and q.empty():
                    return
                continue
            try:
                y = fn(x)
            except BaseException as e:
                trouble(e)
            else:
                with lock:
                    out.append((i, y))

    ts = [threading.Thread(target=feed)] + [threading.Thread(target=work) for _ in range(workers)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    if problems:
        raise problems[0]
    return [y for _, y in sorted(out, key=lambda p: p[0])]
