import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    ready = threading.Condition()
    arrived = 0
    failures = []

    def worker():
        nonlocal arrived
        with ready:
            arrived += 1
            ready.notify_all()
            while arrived < threads:
                ready.wait()
        for _ in range(increments):
            try:
                counter.increment()
            except BaseException as problem:
                with ready:
                    failures.append(problem)
                return

    pool = []
    for _ in range(threads):
        t = threading.Thread(target=worker, daemon=True)
        t.start()
        pool.append(t)
    while pool:
        pool.pop().join()
    for problem in failures:
        raise problem
    return threads * increments - counter.value
