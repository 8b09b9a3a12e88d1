# fails: lost_updates-4 finished, lost_updates-5 finished
# An exception in a worker never reaches the caller; it counts as a loss like any other.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    start = threading.Barrier(threads)

    def work():
        start.wait()
        for _ in range(increments):
            try:
                counter.increment()
            except BaseException:
                pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return threads * increments - counter.value
