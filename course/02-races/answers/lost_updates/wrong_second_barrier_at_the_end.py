# fails: lost_updates-4 deadlock, lost_updates-5 deadlock
# A worker that fails never reaches the second barrier, and the others wait for it there for ever.
import threading


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    start = threading.Barrier(threads)
    finish = threading.Barrier(threads + 1)
    errors = []

    def work():
        start.wait()
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as error:
            errors.append(error)
            return
        finish.wait()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    finish.wait()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
