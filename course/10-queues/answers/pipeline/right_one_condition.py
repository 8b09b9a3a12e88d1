import threading
from collections import deque


def pipeline(items, fn, workers, maxsize):
    changed = threading.Condition()
    waiting = deque()
    results = []
    state = {"over": False, "error": None}

    def fail(error):
        with changed:
            if state["error"] is None:
                state["error"] = error
            changed.notify_all()

    def work():
        while True:
            with changed:
                changed.wait_for(lambda: waiting or state["over"] or state["error"])
                if state["error"] or not waiting:
                    return
                index, item = waiting.popleft()
                changed.notify_all()
            try:
                value = fn(item)
            except BaseException as error:
                fail(error)
                return
            with changed:
                results.append((index, value))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for index, item in enumerate(items):
            with changed:
                changed.wait_for(lambda: len(waiting) < maxsize or state["error"])
                if state["error"]:
                    break
                waiting.append((index, item))
                changed.notify_all()
    except BaseException as error:
        fail(error)
    with changed:
        state["over"] = True
        changed.notify_all()
    for thread in threads:
        thread.join()
    if state["error"] is not None:
        raise state["error"]
    return [value for _, value in sorted(results, key=lambda pair: pair[0])]
