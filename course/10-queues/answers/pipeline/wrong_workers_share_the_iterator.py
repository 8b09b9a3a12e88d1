# fails: pipeline-1 raised, pipeline-3 deadlock, pipeline-4 raised, pipeline-5, pipeline-6 finished, pipeline-7
# Every worker calls next on the same iterator, and nothing keeps two of them apart.
import threading


def pipeline(items, fn, workers, maxsize):
    source = enumerate(items)
    results, errors = {}, []

    def work():
        while not errors:
            try:
                index, item = next(source)
            except StopIteration:
                return
            except BaseException as error:
                errors.append(error)
                return
            try:
                results[index] = fn(item)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in range(len(results))]
