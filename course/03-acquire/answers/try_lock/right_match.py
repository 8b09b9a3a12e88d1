import threading


def try_lock(lock, timeout):
    match timeout:
        case None:
            arguments = {}
        case 0:
            arguments = {"blocking": False}
        case _ if 0 < timeout <= threading.TIMEOUT_MAX:
            arguments = {"timeout": timeout}
        case _ if timeout > threading.TIMEOUT_MAX:
            arguments = {"timeout": threading.TIMEOUT_MAX}
        case _:
            raise ValueError(timeout)
    return bool(lock.acquire(**arguments))
