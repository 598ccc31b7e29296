import circuitbreaker
import pybreaker
from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_exponential
from urllib3.util import Retry


# expect: fact.retry.backoff.py
@retry(wait=wait_exponential(), stop=stop_after_attempt(3))
def growing():
    return call()


# clean: fact.retry.backoff.py
# expect: fact.retry.plain.py
@retry(stop=stop_after_attempt(3))
def at_once():
    return call()


def loop():
    # expect: fact.retry.plain.py
    for attempt in range(3):
        try:
            return call()
        except OSError:
            continue
    # clean: fact.retry.plain.py
    for row in range(3):
        try:
            show(row)
        except OSError:
            continue


# expect: fact.retry.backoff.py
policy = Retry(total=3, backoff_factor=0.5)
# expect: fact.retry.sdk.py
client = OpenAI(max_retries=5)
# clean: fact.retry.sdk.py
once = OpenAI(max_retries=0)
# expect: fact.breaker.py
breaker = pybreaker.CircuitBreaker(fail_max=5)
# clean: fact.breaker.py
electric = CircuitDiagram(fail_max=5)
