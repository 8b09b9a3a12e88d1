import threading
from concurrent.futures import ThreadPoolExecutor


def pipeline(items, fn, workers, maxsize):
    room = threading.Semaphore(workers + maxsize)
    failed = threading.Event()
    futures = []

    def run(item):
        try:
            if not failed.is_set():
                return fn(item)
        except BaseException:
            failed.set()
            raise
        finally:
            room.release()

    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            room.acquire()
            if failed.is_set():
                break
            futures.append(pool.submit(run, item))
    for future in futures:
        error = future.exception()
        if error is not None:
            raise error
    return [future.result() for future in futures]
