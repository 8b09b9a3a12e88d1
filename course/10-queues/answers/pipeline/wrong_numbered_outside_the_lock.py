# fails: pipeline-1 finished, pipeline-2 finished
# The items are taken under the lock and numbered outside it: two workers may come by in the other order.
import threading


def pipeline(items, fn, workers, maxsize):
    turnstile = threading.Lock()
    results, trouble = {}, []
    stream = None
    taken = 0

    def take():
        nonlocal stream, taken
        with turnstile:
            if trouble:
                return None
            try:
                if stream is None:
                    stream = iter(items)
                item = next(stream)
            except StopIteration:
                return None
            except BaseException as error:
                trouble.append(error)
                return None
        taken += 1
        return taken - 1, item

    def work():
        while (pair := take()) is not None:
            number, item = pair
            try:
                results[number] = fn(item)
            except BaseException as error:
                trouble.append(error)

    crew = [threading.Thread(target=work, name=f"worker {n}") for n in range(workers)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    for error in trouble:
        raise error
    return [results[number] for number in sorted(results)]
