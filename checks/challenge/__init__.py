"""Whether probes can fail here: known gaps planted into a scratch copy, and what stayed green all the same."""
