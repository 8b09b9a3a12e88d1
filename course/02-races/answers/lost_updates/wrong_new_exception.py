# fails: lost_updates-4 raised, lost_updates-5 raised
# Raises an exception of its own with the text of the other: not the same object, not the same class.
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
            errors.append(str(error))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise RuntimeError(errors[0])
    return threads * increments - counter.value
