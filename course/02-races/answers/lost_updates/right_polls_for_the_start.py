import threading
import time


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    started, errors = [], []

    def work():
        started.append(1)
        while len(started) < threads:  # waits for the fact; the sleep only spares the processor
            time.sleep(0.001)
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        while worker.is_alive():
            worker.join(timeout=0.5)
    if errors:
        raise errors[0]
    return threads * increments - counter.value
