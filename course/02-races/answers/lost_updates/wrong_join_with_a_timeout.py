# fails: lost_updates-1 leaked, lost_updates-2 leaked, lost_updates-3 leaked, lost_updates-4 leaked, lost_updates-5 leaked
# Waits five seconds for each thread, and goes on whether or not it has ended.
import threading


def lost_updates(make_counter, threads: int, increments: int) -> int:
    counter = make_counter()
    everybody_is_here = threading.Barrier(threads)
    errors = []

    def work():
        everybody_is_here.wait()
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=5)
    if errors:
        raise errors[0]
    return threads * increments - counter.value
