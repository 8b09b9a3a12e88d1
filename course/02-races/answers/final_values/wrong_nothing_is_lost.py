# fails: final_values-1 finished, final_values-2 finished, final_values-3 finished, final_values-4 finished
# Takes it for granted that no update is lost.
def final_values(threads, increments):
    return {threads * increments}
