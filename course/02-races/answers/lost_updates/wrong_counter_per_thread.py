# fails: lost_updates-2 finished, lost_updates-5 finished
# Each thread makes a counter of its own: nothing is shared, so nothing can be lost.
import threading


def lost_updates(make_counter, threads, increments):
    start = threading.Barrier(threads)
    counters, errors = [], []

    def work():
        counter = make_counter()
        counters.append(counter)
        start.wait()
        try:
            for _ in range(increments):
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
    return threads * increments - sum(counter.value for counter in counters)
