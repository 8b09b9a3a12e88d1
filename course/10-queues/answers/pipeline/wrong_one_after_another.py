# fails: pipeline-3 deadlock, pipeline-7 deadlock
# A lock around fn: the workers wait for each other.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.Queue(maxsize)
    results, errors = {}, []
    lock = threading.Lock()

    def work():
        while (job := todo.get()) is not None:
            index, item = job
            with lock:
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
