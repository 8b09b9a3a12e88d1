def final_values(threads: int, increments: int) -> set[int]:
    start = (0, ((0, 0),) * threads)
    seen, todo, finals = {start}, [start], set()
    while todo:
        counter, states = todo.pop()
        moved = False
        for i, (steps, loaded) in enumerate(states):
            if steps == 2 * increments:
                continue
            moved = True
            if steps % 2 == 0:
                value, state = counter, (steps + 1, counter)
            else:
                value, state = loaded + 1, (steps + 1, 0)
            after = (value, tuple(sorted((*states[:i], state, *states[i + 1 :]))))
            if after not in seen:
                seen.add(after)
                todo.append(after)
        if not moved:
            finals.add(counter)
    return finals
