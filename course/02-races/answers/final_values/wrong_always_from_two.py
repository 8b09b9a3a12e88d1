# fails: final_values-1 finished, final_values-2 finished, final_values-4 finished
# The pattern of the larger cases, put on one thread and on one increment too.
def final_values(threads, increments):
    return set(range(2, threads * increments + 1))
