import threading


def pipeline(items, fn, workers, maxsize):
    results = {}
    failures = []
    turn = threading.Lock()
    source = None

    def work():
        nonlocal source
        while True:
            with turn:
                if failures:
                    return
                try:
                    if source is None:
                        source = enumerate(items)
                    index, item = next(source)
                except StopIteration:
                    return
                except BaseException as error:
                    failures.append(error)
                    return
            try:
                results[index] = fn(item)
            except BaseException as error:
                failures.append(error)
                return

    team = [threading.Thread(target=work) for _ in range(workers)]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    if failures:
        raise failures[0]
    return [results[index] for index in range(len(results))]
