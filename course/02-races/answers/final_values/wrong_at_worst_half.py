# fails: final_values-2 finished, final_values-3 finished, final_values-4 finished
# The common belief that at worst all but one thread's work is lost.
def final_values(threads, increments):
    return set(range(increments, threads * increments + 1))
