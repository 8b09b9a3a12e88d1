# fails: pipeline-4 finished
# The semaphore counts what is in the queue, not what is in hand: the results wait in a second queue, unbounded.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.SimpleQueue()
    room = threading.Semaphore(workers + maxsize + 1)
    results, errors = {}, []

    def work():
        while (job := todo.get()) is not None:
            room.release()
            index, item = job
            if errors:
                continue
            try:
                results[index] = fn(item)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for job in enumerate(items):
            room.acquire()
            todo.put(job)
            if errors:
                break
    except BaseException as error:
        errors.append(error)
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
