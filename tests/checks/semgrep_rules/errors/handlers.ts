export async function run(job: any, report: any) {
  // expect: errors.swallowed.js fact.errors.handler.js
  try {
    job();
  } catch (error) {}
  // expect: errors.swallowed.js fact.errors.handler.js
  try {
    job();
  } catch {
    // nothing to do
  }
  // clean: errors.swallowed.js
  // expect: fact.errors.handler.js
  try {
    job();
  } catch {
    // the runner is older than 4.2 and has no jobs
  }
  // clean: errors.swallowed.js
  // expect: fact.errors.handler.js
  try {
    new PerformanceObserver(report).observe({ type: "event" });
  } catch (error) {}
  // expect: errors.log-only.js fact.errors.handler.js
  try {
    job();
  } catch (error) {
    console.error(error);
  }
  // clean: errors.swallowed.js
  // clean: errors.log-only.js
  // expect: fact.errors.handler.js
  try {
    job();
  } catch (error) {
    report(error);
    throw error;
  }
  // expect: errors.swallowed.js fact.errors.handler.js
  await job().catch(() => {});
  // clean: errors.swallowed.js
  // expect: fact.errors.handler.js
  await job().catch((error: any) => report(error));
  // clean: fact.errors.handler.js
  await job().then(() => report());
}
