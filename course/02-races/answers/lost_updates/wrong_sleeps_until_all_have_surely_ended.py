# fails: lost_updates-1 leaked, lost_updates-2 leaked, lost_updates-3 leaked, lost_updates-4 leaked, lost_updates-5 leaked
# Sleeps where it should join: a thread may be slower than any sleep.
import threading
import time


def lost_updates(make_counter, threads, increments):
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

    for _ in range(threads):
        threading.Thread(target=work).start()
    time.sleep(5)
    if errors:
        raise errors[0]
    return threads * increments - counter.value
