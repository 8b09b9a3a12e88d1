# fails: lost_updates-1 finished, lost_updates-3 finished, lost_updates-5 finished
# Returns a bool: whether something was lost.
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
    return counter.value != threads * increments
