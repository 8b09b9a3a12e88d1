# fails: pipeline-1
# None is an item like any other; as a sentinel it needs to be something that no item can be.
import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo = queue.Queue(maxsize)
    results, errors = {}, []
    turn = threading.Lock()
    taken = 0

    def work():
        nonlocal taken
        while True:
            with turn:
                item = todo.get()
                index = taken
                taken += 1
            if item is None:
                return
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
        for item in items:
            todo.put(item)
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
