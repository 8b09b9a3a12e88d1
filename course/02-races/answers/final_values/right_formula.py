def final_values(threads, increments):
    """One thread loses nothing; otherwise two increments can always survive, or one if there is but one each."""
    if threads == 1:
        return {increments}
    return set(range(min(2, increments), threads * increments + 1))
