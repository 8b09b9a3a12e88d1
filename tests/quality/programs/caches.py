"""Computing once: caches, lazily made objects, double-checked locking."""

from __future__ import annotations

from threading import Lock

from checker import together

from .label import fails, holds


class Cache:
    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.lock = Lock()
        self.computed: list[str] = []

    def compute(self, key: str) -> object:
        self.computed.append(key)
        return object()

    def get(self, key: str) -> object:
        if key not in self.values:
            self.values[key] = self.compute(key)
        return self.values[key]

    def get_locked(self, key: str) -> object:
        with self.lock:
            return self.get(key)

    def get_without_second_look(self, key: str) -> object:
        if key in self.values:
            return self.values[key]
        with self.lock:
            self.values[key] = self.compute(key)
            return self.values[key]

    def get_double_checked(self, key: str) -> object:
        if key in self.values:
            return self.values[key]
        with self.lock:
            if key not in self.values:
                self.values[key] = self.compute(key)
            return self.values[key]

    def get_by_setdefault(self, key: str) -> object:
        if key not in self.values:
            self.values.setdefault(key, self.compute(key))
        return self.values[key]


@fails("finished", expect=1)
def computed_twice():
    cache = Cache()
    together(lambda: cache.get("k"), lambda: cache.get("k"))
    return len(cache.computed)


@fails("finished", expect=True)
def two_objects_for_one_key():
    cache = Cache()
    first, second = together(lambda: cache.get("k"), lambda: cache.get("k"))
    return first is second and first is cache.get("k")


@holds(1)
def computed_once_under_the_lock():
    cache = Cache()
    together(lambda: cache.get_locked("k"), lambda: cache.get_locked("k"))
    return len(cache.computed)


@fails("finished", expect=1)
def no_second_look():
    cache = Cache()
    together(lambda: cache.get_without_second_look("k"), lambda: cache.get_without_second_look("k"))
    return len(cache.computed)


@holds(1)
def double_checked():
    cache = Cache()
    together(lambda: cache.get_double_checked("k"), lambda: cache.get_double_checked("k"))
    return len(cache.computed)


@holds(True)
def one_object_by_setdefault():
    cache = Cache()
    first, second = together(lambda: cache.get_by_setdefault("k"), lambda: cache.get_by_setdefault("k"))
    return first is second


class Singleton:
    instance: Singleton | None = None
    lock = Lock()

    def __init__(self) -> None:
        self.ready = True

    @classmethod
    def get(cls) -> Singleton:
        if cls.instance is None:
            cls.instance = cls()
        return cls.instance

    @classmethod
    def get_double_checked(cls) -> Singleton:
        if cls.instance is None:
            with cls.lock:
                if cls.instance is None:
                    cls.instance = cls()
        return cls.instance


@fails("finished", expect=True)
def lazy_singleton():
    first, second = together(Singleton.get, Singleton.get)
    return first is second


@holds(True)
def lazy_singleton_double_checked():
    first, second = together(Singleton.get_double_checked, Singleton.get_double_checked)
    return first is second


class Connection:
    """Published before it is ready: the flag is set first, what it promises second."""

    def __init__(self) -> None:
        self.opened = False
        self.handle: str | None = None
        self.lock = Lock()

    def use(self) -> str | None:
        if not self.opened:
            with self.lock:
                if not self.opened:
                    self.opened = True
                    self.handle = "handle"
        return self.handle


@fails("finished", expect=["handle", "handle"])
def flag_before_value():
    connection = Connection()
    return together(connection.use, connection.use)


class ReadyLast(Connection):
    def use(self) -> str | None:
        if not self.opened:
            with self.lock:
                if not self.opened:
                    self.handle = "handle"
                    self.opened = True
        return self.handle


@holds(["handle", "handle"])
def value_before_flag():
    connection = ReadyLast()
    return together(connection.use, connection.use)


_config: dict[str, int] | None = None
_config_lock = Lock()


def config() -> dict[str, int]:
    global _config
    if _config is None:
        _config = {}
        _config["port"] = 80
    return _config


def config_built_first() -> dict[str, int]:
    global _config
    with _config_lock:
        if _config is None:
            built = {"port": 80}
            _config = built
    return _config


@fails("raised", expect=[80, 80])
def global_seen_half_built():
    return together(lambda: config()["port"], lambda: config()["port"])


@holds([80, 80])
def global_built_first():
    return together(lambda: config_built_first()["port"], lambda: config_built_first()["port"])


class Once:
    """Runs its function once; the others return only when it has been run."""

    def __init__(self, fn) -> None:
        self.fn = fn
        self.done = False
        self.lock = Lock()

    def __call__(self) -> None:
        with self.lock:
            if not self.done:
                self.fn()
                self.done = True


@holds(["ran"])
def once():
    log = []
    init = Once(lambda: log.append("ran"))
    together(init, init, init)
    return log
