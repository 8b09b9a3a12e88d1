import queue
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    results = queue.Queue()
    gate = threading.Lock()
    gate.acquire()  # nobody passes before the last thread has been started

    def work():
        with gate:
            pass
        error = None
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as caught:
            error = caught
        results.put(error)

    workers = [threading.Thread(target=work, name=f"stress-{i}") for i in range(threads)]
    for w in workers:
        w.start()
    gate.release()
    errors = [results.get() for _ in workers]
    [w.join() for w in workers]
    error = next((e for e in errors if e is not None), None)
    if error is not None:
        raise error
    return threads * increments - counter.value
