# fails: pipeline-5, pipeline-7
# The error is raised as soon as it is seen, while other workers are still inside fn.
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

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
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
        while thread.is_alive() and not errors:
            thread.join(0.1)
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
