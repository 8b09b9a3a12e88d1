# fails: pipeline-4 finished
# The free places are counted without a lock: of two changes at once one is lost, and too many items are in hand.
import queue
import threading
import time


def pipeline(items, fn, workers, maxsize):
    todo, results, errors = queue.Queue(), {}, []
    room = [maxsize + workers]
    lock = threading.Lock()

    def work():
        while True:
            job = todo.get()
            if job is None:
                return
            index, item = job
            if not errors:
                try:
                    value = fn(item)
                    with lock:
                        results[index] = value
                except BaseException as error:
                    with lock:
                        errors.append(error)
            room[0] += 1

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for index, item in enumerate(items):
            if errors:
                break
            while room[0] == 0:
                time.sleep(0.5)
            room[0] -= 1
            todo.put((index, item))
    except BaseException as error:
        with lock:
            errors.append(error)
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
