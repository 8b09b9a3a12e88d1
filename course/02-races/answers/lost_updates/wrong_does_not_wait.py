# fails: lost_updates-1 finished, lost_updates-2 finished, lost_updates-3 raised, lost_updates-4 finished, lost_updates-5 finished
# Nobody joins the threads: value is read while they are still counting.
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

    for _ in range(threads):
        threading.Thread(target=work, daemon=True).start()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
