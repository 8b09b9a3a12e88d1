# fails: pipeline-4 finished
# list(items) takes all items at once: no back-pressure, and an endless stream never begins.
import threading


def pipeline(items, fn, workers, maxsize):
    items = list(items)
    results, errors = {}, []
    turn = threading.Lock()
    numbers = iter(range(len(items)))

    def work():
        while not errors:
            with turn:
                index = next(numbers, None)
            if index is None:
                return
            try:
                results[index] = fn(items[index])
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in range(len(items))]
