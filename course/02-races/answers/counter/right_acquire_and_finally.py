from threading import RLock


class Counter:
    def __init__(self):
        self.__count = 0
        self.__guard = RLock()

    def increment(self, n=1):
        if not isinstance(n, int):
            raise TypeError(f"n must be an int, not {type(n).__name__}")
        self.__guard.acquire()
        try:
            new = self.__count + n
            self.__count = new
        finally:
            self.__guard.release()
        return new

    @property
    def value(self):
        with self.__guard:
            return self.__count
