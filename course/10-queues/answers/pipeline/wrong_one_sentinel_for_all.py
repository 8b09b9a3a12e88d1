# fails: pipeline-1 deadlock, pipeline-2 deadlock, pipeline-3 deadlock, pipeline-4 deadlock, pipeline-5 deadlock, pipeline-6 deadlock, pipeline-7 deadlock
# The first worker takes the only sentinel and goes; the others wait for ever.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.Queue(maxsize)
    results, errors = {}, []

    def work():
        while (job := todo.get()) is not None:
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
            todo.put(job)
            if errors:
                break
    except BaseException as error:
        errors.append(error)
    todo.put(None)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
