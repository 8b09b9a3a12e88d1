# fails: pipeline-2 leaked
# It sleeps until the workers have surely ended, in place of joining them.
import queue
import threading
import time


def pipeline(items, fn, workers, maxsize):
    todo, results, errors = queue.Queue(maxsize), {}, []

    def work():
        while True:
            job = todo.get()
            if job is None:
                return
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
        for index, item in enumerate(items):
            todo.put((index, item))
            if errors:
                break
    except BaseException as error:
        errors.append(error)
    for _ in threads:
        todo.put(None)
    if errors:
        for thread in threads:
            thread.join()
        raise errors[0]
    time.sleep(1)
    if errors:
        for thread in threads:
            thread.join()
        raise errors[0]
    return [results[index] for index in sorted(results)]
