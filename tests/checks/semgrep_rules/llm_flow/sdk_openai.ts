import { exec } from "node:child_process";
import OpenAI from "openai";

const RULES = "Answer in one sentence.";
const client = new OpenAI();

export async function run(question: string, db: any, element: HTMLElement) {
  const answer = await client.responses.create({ model: MODEL, input: question });
  // expect: llm.output-to-code.js
  eval(answer.output_text);
  // expect: llm.output-to-code.js
  exec(answer.output_text);
  // clean: llm.output-to-code.js
  eval("1 + 1");
  // expect: llm.output-to-sql.js
  await db.query(answer.output_text);
  // clean: llm.output-to-sql.js
  await db.query("SELECT 1");
  // expect: llm.output-to-html.js fact.html.raw.js
  element.innerHTML = answer.output_text;
}

export async function POST(req: Request) {
  const { name, text } = await req.json();
  // expect: llm.user-input-in-system-prompt.js
  await client.responses.create({ model: MODEL, instructions: `You help ${name}.`, input: text });
  // clean: llm.user-input-in-system-prompt.js
  return client.responses.create({ model: MODEL, instructions: RULES, input: text });
}
