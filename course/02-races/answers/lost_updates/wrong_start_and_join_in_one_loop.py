# fails: lost_updates-3, lost_updates-5
# Each thread is joined before the next one starts: they never run at the same time.
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

    for _ in range(threads):
        t = threading.Thread(target=work)
        t.start()
        t.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
