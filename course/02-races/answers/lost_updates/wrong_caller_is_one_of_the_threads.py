# fails: lost_updates-2 finished
# Starts one thread too few: the caller itself plays the last one.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    barrier = threading.Barrier(threads)
    errors = []

    def work():
        barrier.wait()
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as e:
            errors.append(e)

    ts = [threading.Thread(target=work) for _ in range(threads - 1)]
    for t in ts:
        t.start()
    work()
    for t in ts:
        t.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
