import { generateText } from "./receipts";

export async function ask(body: string) {
  // expect: fact.llm.call.js fact.llm.call-with-timeout.js
  await fetch("https://api.openai.com/v1/chat/completions", { body, signal: AbortSignal.timeout(20000) });
  // expect: fact.llm.call.js
  await fetch(`https://generativelanguage.googleapis.com/v1beta/models/x:generateContent?key=${key}`, { body });
  // clean: fact.llm.call.js
  await fetch("https://api.example.com/v1/orders", { body });
  // clean: fact.llm.call.js
  return generateText(body);
}
