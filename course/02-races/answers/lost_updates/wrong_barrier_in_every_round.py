# fails: lost_updates-5 deadlock
# The threads wait for each other before every increment, not only before the first.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    everybody_is_here = threading.Barrier(threads)
    errors = []

    def work():
        for _ in range(increments):
            everybody_is_here.wait()
            try:
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
