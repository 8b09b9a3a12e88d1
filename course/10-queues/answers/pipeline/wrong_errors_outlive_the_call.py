# fails: pipeline-7 raised
# The list of errors is a default value, made once: what failed in one call is raised in all later ones.
import queue
import threading


def pipeline(items, fn, workers, maxsize, errors=[]):
    todo = queue.Queue(maxsize)
    results = {}

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
    finally:
        for _ in threads:
            todo.put(None)
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
