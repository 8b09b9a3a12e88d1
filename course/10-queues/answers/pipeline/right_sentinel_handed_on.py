import queue
import threading


def pipeline(items, fn, workers, maxsize):
    todo, done = queue.Queue(maxsize), queue.SimpleQueue()
    broken = threading.Event()

    def work():
        while True:
            job = todo.get()
            if job is None:
                todo.put(None)  # for the next worker; nothing else comes after it, so there is room
                return
            index, item = job
            if broken.is_set():
                continue
            try:
                done.put((index, fn(item), None))
            except BaseException as error:
                broken.set()
                done.put((index, None, error))

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    trouble = None
    try:
        source = iter(items)
        index = 0
        while not broken.is_set():
            try:
                item = next(source)
            except StopIteration:
                break
            todo.put((index, item))
            index += 1
    except BaseException as error:
        trouble = error
        broken.set()
    todo.put(None)
    for thread in threads:
        thread.join()
    results = {}
    while not done.empty():
        index, value, error = done.get()
        if error is not None:
            trouble = trouble or error
        results[index] = value
    if trouble is not None:
        raise trouble
    return [results[index] for index in sorted(results)]
