# fails: lost_updates-3 finished
# Nothing holds the first thread back until the last one has started.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    errors = []

    def work():
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
