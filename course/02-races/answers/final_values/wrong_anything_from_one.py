# fails: final_values-1 finished, final_values-2 finished, final_values-3 finished, final_values-4 finished
# A final value of 1 needs a last store that loaded 0, and then that thread had only one increment.
def final_values(threads, increments):
    return set(range(1, threads * increments + 1))
