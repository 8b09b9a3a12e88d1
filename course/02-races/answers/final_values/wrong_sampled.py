# fails: final_values-3 finished, final_values-4 finished
# A thousand random schedules never meet the rare ones; a sample is not "every".
import random


def final_values(threads, increments):
    choose = random.Random(1)
    found = set()
    for _ in range(1000):
        counter, loaded = 0, [0] * threads
        turns = list(range(threads)) * (2 * increments)
        choose.shuffle(turns)
        steps = [0] * threads
        for i in turns:
            if steps[i] % 2 == 0:
                loaded[i] = counter
            else:
                counter = loaded[i] + 1
            steps[i] += 1
        found.add(counter)
    return found
