# fails: final_values-2 finished, final_values-3 finished, final_values-4 finished
# Remembers situations without the loaded values, so different situations count as one.
def final_values(threads, increments):
    seen, finals = set(), set()

    def go(counter, steps, loaded):
        if (counter, steps) in seen:
            return
        seen.add((counter, steps))
        if all(made == 2 * increments for made in steps):
            finals.add(counter)
        for i in range(threads):
            if steps[i] < 2 * increments:
                after = steps[:i] + (steps[i] + 1,) + steps[i + 1 :]
                if steps[i] % 2 == 0:
                    go(counter, after, loaded[:i] + (counter,) + loaded[i + 1 :])
                else:
                    go(loaded[i] + 1, after, loaded)

    go(0, (0,) * threads, (0,) * threads)
    return finals
