# fails: pipeline-7 finished
# Raises a new exception of the same type instead of the one that was caught.
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
    finally:
        for _ in threads:
            todo.put(None)
        for thread in threads:
            thread.join()
    if errors:
        raise type(errors[0])(*errors[0].args)
    return [results[index] for index in sorted(results)]
