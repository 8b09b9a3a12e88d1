# fails: final_values-2 finished, final_values-3 finished, final_values-4 finished
# Tries only schedules in which the threads take turns in a fixed rhythm.
def final_values(threads, increments):
    found = set()
    for burst in range(1, 2 * increments + 1):
        counter, steps, loaded = 0, [0] * threads, [0] * threads
        while any(made < 2 * increments for made in steps):
            for i in range(threads):
                for _ in range(burst):
                    if steps[i] == 2 * increments:
                        break
                    if steps[i] % 2 == 0:
                        loaded[i] = counter
                    else:
                        counter = loaded[i] + 1
                    steps[i] += 1
        found.add(counter)
    return found
