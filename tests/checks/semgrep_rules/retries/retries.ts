import pRetry from "p-retry";

// expect: fact.retry.backoff.js
await pRetry(call, { retries: 3 });
// clean: fact.retry.backoff.js
await call({ retries: 3 });
// expect: fact.retry.sdk.js
const client = new OpenAI({ maxRetries: 5 });
// clean: fact.retry.sdk.js
const once = new OpenAI({ maxRetries: 0 });
// expect: fact.breaker.js
const breaker = new CircuitBreaker(call);
// clean: fact.breaker.js
const drawing = new CircuitDiagram(call);
