import axios from "axios";

export async function plain(url: string) {
  // expect: fact.http.call.js
  await fetch(url);
  // expect: fact.http.call.js fact.http.call-with-timeout.js
  await fetch(url, { method: "POST", signal: AbortSignal.timeout(5000) });
  // expect: fact.http.call.js http.no-timeout.js
  await axios.get(url);
  // clean: http.no-timeout.js
  // expect: fact.http.call.js fact.http.call-with-timeout.js
  await axios.get(url, { timeout: 5000 });
  // clean: fact.http.call.js
  await store.get(url);
  // clean: fact.http.call-with-timeout.js
  setTimeout(() => show(url), 5000);
}

export async function aborted(url: string) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 5000);
  // expect: fact.http.call.js fact.http.call-with-timeout.js
  const answer = await fetch(url, { signal: controller.signal });
  clearTimeout(timer);
  return answer;
}

export async function cancelledByPeople(url: string, controller: AbortController) {
  // clean: fact.http.call-with-timeout.js
  // expect: fact.http.call.js
  return fetch(url, { signal: controller.signal });
}
