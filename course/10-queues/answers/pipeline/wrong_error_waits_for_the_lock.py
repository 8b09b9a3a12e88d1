# fails: pipeline-5 finished, pipeline-7 finished
# The error is noted under the lock that the others take for each item: they may take the whole stream before it gets in.
import threading


def pipeline(items, fn, workers, maxsize):
    iterator, turn = iter(items), threading.Lock()
    results, errors, taken = {}, [], 0

    def work():
        nonlocal taken
        while True:
            with turn:
                if errors:
                    return
                try:
                    item = next(iterator)
                except StopIteration:
                    return
                except BaseException as error:
                    errors.append(error)
                    return
                number, taken = taken, taken + 1
            try:
                results[number] = fn(item)
            except BaseException as error:
                with turn:
                    errors.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(taken)]
