# fails: lost_updates-3 deadlock, lost_updates-5 deadlock
# A lock around increment() mends the counter that was to be tested.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    start = threading.Barrier(threads)
    lock = threading.Lock()
    errors = []

    def work():
        start.wait()
        try:
            for _ in range(increments):
                with lock:
                    counter.increment()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
