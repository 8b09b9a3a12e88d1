# fails: pipeline-5, pipeline-7
# The exception leaves at once, and the workers wait for ever for the next item.
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
    for job in enumerate(items):
        todo.put(job)
        if errors:
            break
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
