# fails: pipeline-1 raised
# Items may be equal, and need not be hashable.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.Queue(maxsize)
    results, errors, order = {}, [], []

    def work():
        while (job := todo.get()) is not None:
            item = job[0]
            if errors:
                continue
            try:
                results[item] = fn(item)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for item in items:
            order.append(item)
            todo.put([item])
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
    return [results[item] for item in order]
