import asyncio

import aiohttp
import httpx
import requests


def plain(url, options):
    # expect: fact.http.call.py http.no-timeout.py
    requests.get(url)
    # clean: http.no-timeout.py
    # expect: fact.http.call.py fact.http.call-with-timeout.py
    requests.post(url, json={}, timeout=10)
    # clean: http.no-timeout.py
    # clean: fact.http.call-with-timeout.py
    # expect: fact.http.call.py
    requests.get(url, **options)
    # expect: fact.http.call.py http.timeout-none.py
    requests.get(url, timeout=None)
    # clean: http.timeout-none.py
    # expect: fact.http.call.py
    httpx.get(url)
    # expect: fact.http.call.py fact.http.call-with-timeout.py
    queue.add_task(requests.post, url, timeout=15)
    # clean: fact.http.call.py
    store.get(url)


def session(url):
    session = requests.Session()
    # expect: fact.http.call.py
    session.get(url)
    # expect: fact.http.call.py fact.http.call-with-timeout.py
    session.get(url, timeout=(3, 10))


async def client(url):
    async with httpx.AsyncClient(timeout=5) as client:
        # expect: fact.http.call.py fact.http.call-with-timeout.py
        await client.get(url)
    async with aiohttp.ClientSession() as http:
        # expect: fact.http.call.py
        await http.get(url)
    # expect: http.timeout-none.py
    async with httpx.AsyncClient(timeout=None) as patient:
        # expect: fact.http.call.py
        await patient.get(url)
