# fails: best_effort-3 finished
# An IndexError that fn raises is taken for the one that says "somebody else runs it".
class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._token = ["run"]
        self._ran, self._missed = [], []

    done = property(lambda self: len(self._ran))
    skipped = property(lambda self: len(self._missed))

    def poke(self):
        try:
            token = self._token.pop()
            try:
                self._fn()
            finally:
                self._ran.append(1)
                self._token.append(token)
        except IndexError:
            self._missed.append(1)
            return False
        return True
