# fails: pipeline-5 finished, pipeline-7 finished
# The error is noted and raised in the end; until then everything else is worked off.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.Queue(maxsize)
    results, errors = {}, []

    def work():
        while (job := todo.get()) is not None:
            index, item = job
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
    except BaseException as error:
        errors.append(error)
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
