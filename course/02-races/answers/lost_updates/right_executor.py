import threading
from concurrent.futures import ThreadPoolExecutor


def lost_updates(make_counter, threads, increments):
    counter = make_counter()
    start_line = threading.Barrier(threads)

    def run():
        start_line.wait()
        for _ in range(increments):
            counter.increment()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        futures = [pool.submit(run) for _ in range(threads)]
    for future in futures:
        future.result()
    return threads * increments - counter.value
