# fails: final_values-1 finished, final_values-2 finished, final_values-3 finished, final_values-4 finished
# Returns a list where a set was promised.
def final_values(threads, increments):
    if threads == 1:
        return [increments]
    return list(range(min(2, increments), threads * increments + 1))
