from dataclasses import dataclass


@dataclass(frozen=True)
class Worker:
    left: int
    register: int | None = None


def final_values(threads: int, increments: int) -> set[int]:
    """All situations after one step, after two, ... until everybody is done."""
    level = {(0, frozenset((n, Worker(increments)) for n in range(threads)))}
    for _ in range(2 * threads * increments):
        following = set()
        for shared, workers in level:
            for number, worker in workers:
                others = workers - {(number, worker)}
                if worker.register is not None:
                    following.add((worker.register + 1, others | {(number, Worker(worker.left - 1))}))
                elif worker.left:
                    following.add((shared, others | {(number, Worker(worker.left, shared))}))
        level = following
    return {shared for shared, _ in level}
