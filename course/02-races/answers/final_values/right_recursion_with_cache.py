from functools import lru_cache


def final_values(threads, increments):
    @lru_cache(maxsize=None)
    def finals(counter, left, loaded):
        """Finals reachable from here; left[i] increments to finish, loaded[i] is None between two."""
        found = set()
        for i in range(threads):
            if loaded[i] is not None:
                found |= finals(
                    loaded[i] + 1,
                    left[:i] + (left[i] - 1,) + left[i + 1 :],
                    loaded[:i] + (None,) + loaded[i + 1 :],
                )
            elif left[i]:
                found |= finals(counter, left, loaded[:i] + (counter,) + loaded[i + 1 :])
        return frozenset(found) if any(left) else frozenset({counter})

    return set(finals(0, (increments,) * threads, (None,) * threads))
