import { exec } from "node:child_process";
import Anthropic from "@anthropic-ai/sdk";

const RULES = "Answer in one sentence.";
const client = new Anthropic();

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await client.messages.create({ model: MODEL, max_tokens: 300, messages: [{ role: "user", content: question }] });
  // expect: llm.output-to-code.js
  eval(answer.content[0].text);
  // expect: llm.output-to-code.js
  exec(answer.content[0].text);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.content[0].text);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.content[0].text;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await client.messages.create({ model: MODEL, max_tokens: 300, system: `You help ${name}.`, messages: text });
  // clean: llm.user-input-in-system-prompt.js
  return client.messages.create({ model: MODEL, max_tokens: 300, system: RULES, messages: text });
}
