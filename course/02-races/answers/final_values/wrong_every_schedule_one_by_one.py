# fails: final_values-3 livelock, final_values-4 livelock
# Right in principle, but walks through every schedule: (2, 10) has 137,846,528,820 of them.
def final_values(threads, increments):
    finals = set()

    def go(counter, steps, loaded):
        done = True
        for i in range(threads):
            if steps[i] < 2 * increments:
                done = False
                after = steps[:i] + (steps[i] + 1,) + steps[i + 1 :]
                if steps[i] % 2 == 0:
                    go(counter, after, loaded[:i] + (counter,) + loaded[i + 1 :])
                else:
                    go(loaded[i] + 1, after, loaded)
        if done:
            finals.add(counter)

    go(0, (0,) * threads, (0,) * threads)
    return finals
