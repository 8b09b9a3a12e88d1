# fails: lost_updates-5 raised
# The default list is made once: the exception of one call is raised again by every later one.
import threading


def lost_updates(make_counter, threads, increments, errors=[]):
    counter = make_counter()
    everybody_is_here = threading.Barrier(threads)

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
        worker.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
