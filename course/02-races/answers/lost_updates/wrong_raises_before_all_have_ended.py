# fails: lost_updates-4 leaked, lost_updates-5 leaked
# Looks for errors in the loop that joins: the threads after the failed one are left running.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    start = threading.Barrier(threads)
    errors = []

    def work():
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
    return threads * increments - counter.value
