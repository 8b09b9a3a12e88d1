# fails: pipeline-7 finished
# One try around next and fn: a StopIteration of fn is taken for the end of the items.
import threading


def pipeline(items, fn, workers, maxsize):
    it, lock = enumerate(items), threading.Lock()
    results, errors = {}, []

    def work():
        while True:
            try:
                with lock:
                    if errors:
                        return
                    index, item = next(it)
                results[index] = fn(item)
            except StopIteration:
                return
            except BaseException as e:
                errors.append(e)
                return

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]
    return [results[i] for i in sorted(results)]
